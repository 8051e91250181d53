using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>What a budget comes to in entries of a head.</summary>
internal static class EntryRoom
{
    /// <summary>Entries that each head may hold, [B, G or 1, 1] int64.</summary>
    /// <param name="layout">What an entry takes.</param>
    /// <param name="budget">The budget.</param>
    /// <param name="seen">Tokens of the document of each row, [B, 1, 1] int64.</param>
    /// <exception cref="ArgumentException">The budget does not fit the layer or the policy.</exception>
    public static Tensor Of(EntryLayout layout, CacheBudget budget, Tensor seen)
    {
        Check(layout, budget);
        using var scope = NewDisposeScope();
        var heads = budget.Heads?.Count ?? 1;
        var rows = seen.cpu().contiguous().data<long>().ToArray();
        var room = rows.SelectMany(tokens => Enumerable.Range(0, heads).Select(head => budget.Share(Equal(layout, budget) ?? budget.Part(tokens), head)));
        return tensor(room.ToArray()).view(rows.Length, heads, 1).to(seen.device).MoveToOuterDisposeScope();
    }

    /// <summary>Entries that the largest head may hold, whatever was seen; null for a ratio.</summary>
    /// <inheritdoc cref="Of"/>
    public static long? Most(EntryLayout layout, CacheBudget budget)
    {
        Check(layout, budget);
        return Equal(layout, budget) is { } each ? Enumerable.Range(0, budget.Heads?.Count ?? 1).Max(head => budget.Share(each, head)) : null;
    }

    /// <summary>Of a ratio, the part of the tokens seen that the largest head may hold.</summary>
    public static double LargestPart(CacheBudget budget) => budget.Ratio!.Value * (budget.Heads is { } weights ? weights.Max() * weights.Count / weights.Sum() : 1);

    /// <summary>Entries of each head where they share alike; null for a ratio.</summary>
    private static long? Equal(EntryLayout layout, CacheBudget budget) =>
        budget.Bytes is { } bytes ? Math.Max(0, (bytes - EntryLayout.FixedBytes) / layout.UnitBytes) : budget.Tokens;

    private static void Check(EntryLayout layout, CacheBudget budget)
    {
        if (budget.Heads is not { } weights)
            return;
        if (layout.Policy is not { PerHead: true })
            throw new ArgumentException("budget: weights of heads say nothing where all heads keep the same entries.");
        if (weights.Count != layout.Shape.Heads)
            throw new ArgumentException($"budget: {weights.Count} weights of heads, and the layer has {layout.Shape.Heads} key-value heads.");
    }
}
