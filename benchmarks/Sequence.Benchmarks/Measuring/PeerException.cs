namespace Sequence.Benchmarks.Measuring;

/// <summary>A peer ended before it answered.</summary>
/// <param name="message">When, and what it said last.</param>
public sealed class PeerException(string message) : Exception(message);
