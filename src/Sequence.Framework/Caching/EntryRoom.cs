using Sequence.Caching;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>What a budget comes to in entries of a head.</summary>
internal static class EntryRoom
{
    /// <summary>Entries that each head may hold, [B, G or 1, 1] int64.</summary>
    /// <param name="layout">What an entry takes.</param>
    /// <param name="budget">The budget.</param>
    /// <param name="seen">Tokens of the document of each row, [B, 1, 1] int64.</param>
    /// <exception cref="ArgumentException">The budget has weights of heads, and the policy does not decide head by head, or the layer has not as many.</exception>
    public static Tensor Of(EntryLayout layout, CacheBudget budget, Tensor seen)
    {
        // ceil, of a product that rounding may have put just above a whole number
        var entries = budget.Ratio is { } ratio
            ? (seen.to(float64) * ratio - Rounding).ceil().clamp_min(0).to(int64)
            : full_like(seen, Entries(layout, budget)!.Value);
        return budget.Heads is null ? entries : (entries * Shares(layout, budget).to(seen.device)).floor().to(int64);
    }

    /// <summary>Entries that any head may hold at most, whatever was seen; null for a ratio.</summary>
    public static long? Most(EntryLayout layout, CacheBudget budget)
    {
        if (Entries(layout, budget) is not { } entries || budget.Heads is null)
            return Entries(layout, budget);
        using var scope = NewDisposeScope();
        return (long)(entries * Shares(layout, budget)).floor().amax().ToDouble();
    }

    private const double Rounding = 1e-9;

    private static long? Entries(EntryLayout layout, CacheBudget budget) => budget switch
    {
        { Tokens: { } tokens } => tokens,
        { Bytes: { } bytes } => Math.Max(0, (bytes - EntryLayout.FixedBytes) / layout.UnitBytes),
        _ => null,
    };

    /// <summary>
    /// What each head may hold beside an equal share, [1, Hkv, 1] float64: of tokens, all heads together hold as many as they would; of bytes, which are those of
    /// the longest head, it is that one that the budget is for.
    /// </summary>
    private static Tensor Shares(EntryLayout layout, CacheBudget budget)
    {
        var weights = budget.Heads!;
        if (layout.Policy is not { PerHead: true })
            throw new ArgumentException("budget: weights of heads say nothing where all heads keep the same entries.");
        if (weights.Count != layout.Shape.Heads)
            throw new ArgumentException($"budget: {weights.Count} weights of heads, and the layer has {layout.Shape.Heads} key-value heads.");
        var whole = budget.Bytes is null ? weights.Sum() / weights.Count : weights.Max();
        return tensor(weights.Select(weight => weight / whole).ToArray()).view(1, weights.Count, 1) + Rounding;
    }
}
