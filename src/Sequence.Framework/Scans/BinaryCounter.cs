using System.Numerics;
using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>Prefixes by counting.</summary>
public static class BinaryCounter
{
    /// <summary>Digits that hold the largest of <paramref name="counts"/>: ceil(log2(n + 1)).</summary>
    public static int DigitsOf(IEnumerable<long> counts) => 64 - BitOperations.LeadingZeroCount((ulong)counts.DefaultIfEmpty().Max());

    /// <summary>Of n nodes, those that a counter of at most R digits remembers.</summary>
    public static long Remembered(long nodes, int? mostDigits) =>
        mostDigits is not { } R || nodes < 1L << R ? nodes : (1L << R - 1) + nodes % (1L << R - 1);

    /// <summary>Inclusive prefixes, node after node, with the brackets of the tree: nodes [B, N, ...] -> [B, N, ...].</summary>
    public static TState Inclusive<TState>(IAggregationOperator<TState> aggregator, TState nodes)
        where TState : class, IScanState<TState>
    {
        var counter = new BinaryCounter<TState>(aggregator, (int)nodes.Tensors[0].shape[0]);
        int[] rows = [.. Enumerable.Range(0, counter.Counts.Count)];
        List<TState> prefixes = [];
        for (var i = 0L; i < nodes.Nodes(); i++)
        {
            counter.Insert(nodes.Slice(i, i + 1), rows);
            prefixes.Add(counter.Prefix(rows));
        }

        return ScanStates.Concatenate(prefixes);
    }
}
