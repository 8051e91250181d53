using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>A scan of an associative operator that holds one chunk of intermediate results at a time: chunks one after the other, a tree inside each.</summary>
public static class ChunkedScan
{
    /// <summary>Nodes in a chunk, where nothing else is said.</summary>
    public const int ChunkSize = 64;

    /// <summary>Inclusive prefixes: nodes [B, N, ...] -> [B, N, ...].</summary>
    /// <exception cref="ScanScheduleException">The operator does not claim to be associative.</exception>
    public static TState Inclusive<TState>(IAggregationOperator<TState> aggregator, TState nodes, int chunkSize = ChunkSize)
        where TState : IScanState<TState>
    {
        aggregator.Require(ScanSchedule.Chunked);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSize, 1);
        List<TState> prefixes = [];
        for (var begin = 0L; begin < nodes.Nodes(); begin += chunkSize)
        {
            var inner = InclusiveScan.Inclusive(aggregator, nodes.Slice(begin, Math.Min(begin + chunkSize, nodes.Nodes())));
            if (prefixes.Count > 0)
            {
                var carry = prefixes[^1].Slice(prefixes[^1].Nodes() - 1, prefixes[^1].Nodes());
                inner = aggregator.Aggregate(carry.Repeat(inner.Nodes()), inner);
            }

            prefixes.Add(inner);
        }

        return ScanStates.Concatenate(prefixes);
    }
}
