using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>
/// The work-efficient inclusive scan of an associative operator: pairs are aggregated, their prefixes found by the same scan, and the
/// prefixes between them filled in with one more aggregation each. Under 2 N aggregations in 2 log2 N calls, any N.
/// </summary>
public static class InclusiveScan
{
    /// <summary>Inclusive prefixes: nodes [B, N, ...] -> [B, N, ...].</summary>
    /// <exception cref="ScanScheduleException">The operator does not claim to be associative.</exception>
    public static TState Inclusive<TState>(IAggregationOperator<TState> aggregator, TState nodes)
        where TState : IScanState<TState>
    {
        aggregator.Require(ScanSchedule.Tree);
        return Pairs(aggregator, nodes);
    }

    private static TState Pairs<TState>(IAggregationOperator<TState> aggregator, TState nodes)
        where TState : IScanState<TState>
    {
        var N = nodes.Nodes();
        if (N == 1)
            return nodes;

        // s_1, s_3, s_5, ...
        var odd = Pairs(aggregator, aggregator.Aggregate(nodes.Slice(0, N - 1, 2), nodes.Slice(1, N, 2)));

        // s_0 = x_0; s_2 = s_1 x_2, s_4 = s_3 x_4, ...
        var even = nodes.Slice(0, 1);
        if (N > 2)
            even = ScanStates.Concatenate(even, aggregator.Aggregate(odd.Slice(0, (N - 1) / 2), nodes.Slice(2, N, 2)));
        return ScanStates.Interleave(even, odd);
    }
}
