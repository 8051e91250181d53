using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>What a budget comes to in entries of a head.</summary>
internal static class EntryRoom
{
    // a product that rounding has put just beside a whole number is that number
    private const double Rounding = 1e-9;

    /// <summary>Entries that each head may hold, [B, G or 1, m] int64.</summary>
    /// <param name="layout">What an entry takes, and where the layer stands.</param>
    /// <param name="budget">The budget.</param>
    /// <param name="seen">Tokens of the document, [B, G or 1, m] int64.</param>
    /// <exception cref="ArgumentException">The budget does not fit the layer or the policy.</exception>
    public static Tensor Of(EntryLayout layout, CacheBudget budget, Tensor seen)
    {
        Check(layout, budget);
        using var scope = NewDisposeScope();
        var room = Alike(layout, budget) is { } each ? full_like(seen, each) : (seen.to(float64) * Ratio(layout, budget) - Rounding).ceil().clamp_min(0).to(int64);
        if (budget.Heads is not null)
            room = (room.to(float64) * tensor(Shares(budget), device: seen.device).view(1, -1, 1) + Rounding).floor().to(int64);
        return room.MoveToOuterDisposeScope();
    }

    /// <summary>Entries that the largest head may hold, whatever was seen; null for a ratio.</summary>
    /// <inheritdoc cref="Of"/>
    public static long? Most(EntryLayout layout, CacheBudget budget)
    {
        Check(layout, budget);
        return Alike(layout, budget) is { } each ? (long)Math.Floor(each * Shares(budget).Max() + Rounding) : null;
    }

    /// <summary>Of a ratio, the part of the tokens seen that the largest head may hold.</summary>
    public static double LargestPart(EntryLayout layout, CacheBudget budget) => Ratio(layout, budget) * Shares(budget).Max();

    /// <summary>Refuses a budget that does not fit.</summary>
    /// <param name="layout">What an entry takes, and where the layer stands.</param>
    /// <param name="budget">The budget.</param>
    /// <exception cref="ArgumentException">The budget does not fit the layer or the policy.</exception>
    public static void Check(EntryLayout layout, CacheBudget budget)
    {
        if (budget.Layers is { } layers && layers.Count > Depth(layout))
            throw new ArgumentException($"budget: {layers.Count} weights of layers, and the model has {Depth(layout)}.");
        if (budget.Heads is not { } heads)
            return;
        if (layout.Policy is not { PerHead: true })
            throw new ArgumentException("budget: weights of heads say nothing where all heads keep the same entries.");
        if (heads.Count != layout.Shape.Heads)
            throw new ArgumentException($"budget: {heads.Count} weights of heads, and the layer has {layout.Shape.Heads} key-value heads.");
    }

    /// <summary>Entries of each head where they share alike; null for a ratio.</summary>
    private static long? Alike(EntryLayout layout, CacheBudget budget) => budget switch
    {
        { Bytes: { } bytes } => Math.Max(0, (Part(layout, budget, bytes) - EntryLayout.FixedBytes) / layout.UnitBytes),
        { Tokens: { } tokens } => Part(layout, budget, tokens),
        _ => null,
    };

    private static double Ratio(EntryLayout layout, CacheBudget budget) => budget.Ratio!.Value * Share(layout, budget);

    private static long Part(EntryLayout layout, CacheBudget budget, long whole) => (long)Math.Floor(whole * Share(layout, budget) + Rounding);

    /// <summary>What the layer has, where 1 is an equal share.</summary>
    private static double Share(EntryLayout layout, CacheBudget budget)
    {
        if (budget.Layers is not { } weights)
            return 1;
        var L = Depth(layout);
        return WeightOf(layout.Place.Layer) * L / Enumerable.Range(0, L).Sum(WeightOf);

        double WeightOf(int layer) => weights[(int)((long)layer * weights.Count / L)];
    }

    /// <summary>What each head has, where 1 is an equal share.</summary>
    private static double[] Shares(CacheBudget budget)
    {
        if (budget.Heads is not { } weights)
            return [1];
        var whole = budget.Bytes is null ? weights.Sum() / weights.Count : weights.Max();
        return [.. weights.Select(weight => weight / whole)];
    }

    private static int Depth(EntryLayout layout) => Math.Max(1, layout.Place.Depth);
}
