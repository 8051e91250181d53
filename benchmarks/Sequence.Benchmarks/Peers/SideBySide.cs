namespace Sequence.Benchmarks.Peers;

/// <summary>Times two ways of doing the same work in turn, ours, peer, ours, peer, so that a drift of the machine meets both.</summary>
internal static class SideBySide
{
    /// <param name="rounds">Counted rounds of each; one more of each comes first and is not counted.</param>
    /// <param name="ours">One round of ours, in any unit of time.</param>
    /// <param name="peer">One round of the peer's, in the same unit.</param>
    /// <returns>The median of each, and the median of the ratios taken pair by pair.</returns>
    public static (double Ours, double Peer, double Ratio) Measure(int rounds, Func<double> ours, Func<double> peer)
    {
        ours();
        peer();
        var pairs = new (double Ours, double Peer)[rounds];
        for (var round = 0; round < rounds; round++)
            pairs[round] = (ours(), peer());
        return (Median(pairs.Select(pair => pair.Ours)), Median(pairs.Select(pair => pair.Peer)), Median(pairs.Select(pair => pair.Ours / pair.Peer)));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
