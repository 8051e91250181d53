using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>The meaning of a scan of an associative operator: s_i = ((x_0 x_1) x_2) ... x_i, one after the other.</summary>
public static class SequentialFold
{
    /// <summary>Inclusive prefixes: nodes [B, N, ...] -> [B, N, ...].</summary>
    /// <exception cref="ScanScheduleException">The operator does not claim to be associative.</exception>
    public static TState Inclusive<TState>(IAggregationOperator<TState> aggregator, TState nodes)
        where TState : IScanState<TState>
    {
        aggregator.Require(ScanSchedule.Fold);
        var prefix = nodes.Slice(0, 1);
        List<TState> prefixes = [prefix];
        for (var i = 1L; i < nodes.Nodes(); i++)
        {
            prefix = aggregator.Aggregate(prefix, nodes.Slice(i, i + 1));
            prefixes.Add(prefix);
        }

        return ScanStates.Concatenate(prefixes);
    }
}
