using System.ComponentModel.DataAnnotations;
using Sequence.Components;

namespace Sequence.Caching;

/// <summary>
/// How many entries may be held, as exactly one of <see cref="Tokens"/>, <see cref="Bytes"/> and <see cref="Ratio"/>. In JSON also just the number of tokens.
/// Equal by value, weights included.
/// </summary>
[Shorthand(nameof(Tokens))]
public sealed record CacheBudget : IValidatableObject
{
    /// <summary>Entries a head.</summary>
    [Range(typeof(long), "0", "1000000000000")]
    public long? Tokens { get; init; }

    /// <summary>Bytes of a row of one layer, everything that the cache holds for it counted.</summary>
    [Range(typeof(long), "1", "1000000000000")]
    public long? Bytes { get; init; }

    /// <summary>Of the tokens that the row has seen, rounded up.</summary>
    [Range(0.0, 1.0)]
    public double? Ratio { get; init; }

    /// <summary>
    /// Weights of the key-value heads, by which what all of them may hold together is shared out, rounded down; null for equal shares. Bytes are those of the longest
    /// head: that one has as many as with equal shares.
    /// </summary>
    [MinLength(1)]
    public IReadOnlyList<double>? Heads { get; init; }

    /// <summary>
    /// P weights of the L layers of a model, whatever mixers they have, by which what all of them may hold together is shared out, rounded down; null for equal
    /// shares. Layer l has weight floor(l P / L); one that stands at several depths, that of the first.
    /// </summary>
    [MinLength(1)]
    public IReadOnlyList<double>? Layers { get; init; }

    /// <summary>A budget of tokens.</summary>
    public static CacheBudget Of(long tokens) => new() { Tokens = tokens };

    /// <inheritdoc/>
    public bool Equals(CacheBudget? other) =>
        other is not null && (Tokens, Bytes, Ratio) == (other.Tokens, other.Bytes, other.Ratio) && Alike(Heads, other.Heads) && Alike(Layers, other.Layers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tokens, Bytes, Ratio, Heads?.Count, Layers?.Count);

    /// <inheritdoc/>
    public override string ToString() => (Tokens, Bytes, Ratio) switch
    {
        ({ } tokens, _, _) => $"{tokens} tokens",
        (_, { } bytes, _) => $"{bytes} bytes",
        (_, _, { } ratio) => $"{ratio:0.###} of the tokens seen",
        _ => "nothing",
    };

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (new object?[] { Tokens, Bytes, Ratio }.Count(each => each is not null) != 1)
            yield return new ValidationResult("a budget is given in one of \"tokens\", \"bytes\" and \"ratio\".");
        if (Heads?.Any(weight => !(weight >= 0)) == true || Heads?.Sum() == 0)
            yield return new ValidationResult("weights of heads are zero or more, and not all zero.", [nameof(Heads)]);
        if (Layers?.Any(weight => !(weight >= 0)) == true || Layers?.Sum() == 0)
            yield return new ValidationResult("weights of layers are zero or more, and not all zero.", [nameof(Layers)]);
    }

    private static bool Alike(IReadOnlyList<double>? one, IReadOnlyList<double>? other) => one is null || other is null ? one == other : one.SequenceEqual(other);
}
