namespace Sequence.Mixers;

/// <summary>How the state of one row grows with the tokens T it has seen.</summary>
public enum StateGrowth
{
    /// <summary>The same at every T: recurrences.</summary>
    Constant,

    /// <summary>With the logarithm of T: prefix scans with a non-associative operator.</summary>
    Logarithmic,

    /// <summary>In proportion to T: full key-value caches.</summary>
    Linear,

    /// <summary>In proportion to T up to a budget, then constant: cache policies.</summary>
    Budgeted,
}

/// <summary>The price of remembering: bytes of state that one row holds after T tokens, at the module's element type.</summary>
/// <param name="Growth">The growth class.</param>
/// <param name="FixedBytes">Bytes held whatever T is.</param>
/// <param name="UnitBytes">Bytes a unit of growth: a token (linear, budgeted) or a doubling of T (logarithmic); 0 for constant growth.</param>
/// <param name="Budget">Tokens at which budgeted growth ends.</param>
/// <param name="Grain">Tokens that growth counts as one: the chunk size of a prefix scan.</param>
public sealed record StateCost(StateGrowth Growth, long FixedBytes, long UnitBytes = 0, long Budget = long.MaxValue, long Grain = 1)
{
    /// <summary>Whether it is a bound, because what is held depends on what was seen; logarithmic growth always is one.</summary>
    public bool IsBound { get; init; }

    /// <summary>Bytes that one row holds, at most where the cost is a bound, after <paramref name="tokens"/> tokens.</summary>
    public long BytesAfter(long tokens) => FixedBytes + UnitBytes * Growth switch
    {
        StateGrowth.Constant => 0,
        StateGrowth.Logarithmic => (long)Math.Ceiling(Math.Log2(tokens / Grain + 1)),
        StateGrowth.Linear => tokens / Grain,
        StateGrowth.Budgeted => Math.Min(tokens, Budget) / Grain,
        _ => throw new InvalidOperationException($"Growth class {Growth} has no formula."),
    };
}
