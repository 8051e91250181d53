using System.ComponentModel.DataAnnotations;
using Sequence.Components;

namespace Sequence.Caching;

/// <summary>
/// How many entries may be held, as exactly one of <see cref="Tokens"/>, <see cref="Bytes"/> and <see cref="Ratio"/>. In JSON also just the number of tokens.
/// </summary>
[Shorthand(nameof(Tokens))]
public sealed record CacheBudget : IValidatableObject
{
    private const double Rounding = 1e-9;

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

    /// <summary>Entries that <see cref="Ratio"/> of <paramref name="seen"/> tokens is: rounded up, but for a product that rounding has put just above a whole number.</summary>
    public long Part(long seen) => (long)Math.Max(0, Math.Ceiling((Ratio ?? 1) * seen - Rounding));

    /// <summary>
    /// What one head holds where equal shares would be <paramref name="each"/>, by <see cref="Heads"/> and rounded down. Of tokens, all heads together hold as many as
    /// they would; of bytes, which are those of the longest head, it is that one that has them.
    /// </summary>
    public long Share(long each, int head)
    {
        if (Heads is null)
            return each;
        var whole = Bytes is null ? Heads.Sum() / Heads.Count : Heads.Max();
        return (long)Math.Floor(each * (Heads[head] / whole + Rounding));
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
