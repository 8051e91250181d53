using System.ComponentModel.DataAnnotations;
using Sequence.Components;

namespace Sequence.Caching;

/// <summary>
/// How many entries may be held, as exactly one of <see cref="Tokens"/>, <see cref="Bytes"/> and <see cref="Ratio"/>. In JSON also just the number of tokens.
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

    /// <summary>Weights of the key-value heads, by which what all of them may hold together is shared out; null for equal shares.</summary>
    [MinLength(1)]
    public IReadOnlyList<double>? Heads { get; init; }

    /// <summary>A budget of tokens.</summary>
    public static CacheBudget Of(long tokens) => new() { Tokens = tokens };

    /// <summary>Entries that are <see cref="Ratio"/> of <paramref name="seen"/> tokens.</summary>
    public long Part(long seen) => (long)Math.Ceiling((Ratio ?? 1) * seen);

    /// <summary>What of <paramref name="each"/> entries a head is the share of one head, by <see cref="Heads"/>; rounded down, so that all together hold no more.</summary>
    /// <exception cref="ArgumentException">There are weights for another number of heads.</exception>
    public long Share(long each, int head, int heads)
    {
        if (Heads is null)
            return each;
        if (Heads.Count != heads)
            throw new ArgumentException($"budget.heads: {Heads.Count} weights for {heads} key-value heads.");

        // equal weights whose sum is a little off are equal all the same
        return (long)Math.Floor(Heads[head] * heads / Heads.Sum() * each * (1 + 1e-12));
    }

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
    }
}
