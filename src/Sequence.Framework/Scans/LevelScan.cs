using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>
/// The exclusive scan of Blelloch, level by level, for any operator: each level is one batched aggregation, and the brackets are those of the
/// tree (arXiv 2506.10918, algorithm 1):
/// <code>
/// node_0[j] = x_j            node_(k+1)[j] = node_k[2j] node_k[2j+1]                             up
/// e_k[0]    = e              e_k[2j] = e_(k+1)[j]       e_k[2j+1] = e_(k+1)[j] node_k[2j]         down, the prefix on the left
/// s_i       = e_0[i]         e, A, AB, (AB)C, (AB)(CD), ((AB)(CD))E, ...
/// </code>
/// Any number of nodes: a node without a neighbour goes into no prefix. e a = a without a call, so the identity never meets the operator. Under 2 N aggregations.
/// </summary>
public static class LevelScan
{
    /// <summary>Exclusive prefixes s_0 .. s_(N-1): nodes [B, N, ...] -> [B, N, ...].</summary>
    public static TState Exclusive<TState>(IAggregationOperator<TState> aggregator, TState nodes)
        where TState : IScanState<TState>
        => nodes.Nodes() == 0 ? nodes : Prefixes(aggregator, nodes, nodes.Nodes(), levels: null);

    /// <summary>Exclusive prefixes s_0 .. s_N, the last one over all nodes, and the inner nodes, from which a counter goes on.</summary>
    /// <param name="aggregator">Agg.</param>
    /// <param name="nodes">[B, N, ...], at least one node.</param>
    /// <returns>
    /// Prefixes [B, N + 1, ...], and the complete nodes of each level, the leaves first: level k has N / 2^k of them.
    /// </returns>
    public static (TState Prefixes, IReadOnlyList<TState> Levels) WithLevels<TState>(IAggregationOperator<TState> aggregator, TState nodes)
        where TState : IScanState<TState>
    {
        List<TState> levels = [];
        return (Prefixes(aggregator, nodes, nodes.Nodes() + 1, levels), levels);
    }

    /// <summary>s_0 .. s_(count-1), of which the last needs the first count - 1 nodes.</summary>
    private static TState Prefixes<TState>(IAggregationOperator<TState> aggregator, TState nodes, long count, List<TState>? levels)
        where TState : IScanState<TState>
    {
        levels?.Add(nodes);
        var first = nodes.Slice(0, 1);
        var identity = aggregator.Identity(first);
        if (count == 1)
            return identity;
        if (count == 2)
            return ScanStates.Concatenate(identity, first);

        var paired = (count - 1) / 2 * 2;
        var above = aggregator.Aggregate(nodes.Slice(0, paired, 2), nodes.Slice(1, paired, 2));
        var even = Prefixes(aggregator, above, (count + 1) / 2, levels);

        // s_1 = x_0; s_3 = s_2 x_2, s_5 = s_4 x_4, ...
        var odd = count == 3
            ? first
            : ScanStates.Concatenate(first, aggregator.Aggregate(even.Slice(1, count / 2), nodes.Slice(2, count - 1, 2)));
        return ScanStates.Interleave(even, odd);
    }
}
