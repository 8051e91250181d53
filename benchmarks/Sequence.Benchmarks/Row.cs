namespace Sequence.Benchmarks;

/// <summary>One measurement beside a peer.</summary>
/// <param name="Benchmark">What was measured, at which size.</param>
/// <param name="OursMs">Our median, milliseconds; null for a mean over rows.</param>
/// <param name="Peer">Who stands beside us.</param>
/// <param name="PeerMs">The peer's median, milliseconds; null for a mean over rows.</param>
/// <param name="Ratio">Median of ours / peer, pair by pair; below 1 we are faster.</param>
/// <param name="Correct">Whether both computed the same values; no figure of a row that is not correct counts.</param>
internal sealed record Row(string Benchmark, double? OursMs, string Peer, double? PeerMs, double Ratio, bool Correct);
