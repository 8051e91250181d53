using Sequence.Kernels.Registry;

namespace Sequence.Harness.Decoding;

/// <summary>A contender at a position, as measured.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Held">What it holds there.</param>
/// <param name="Turns">Milliseconds a token of each turn; of all rows of the batch together.</param>
/// <param name="Batch">Sequences side by side.</param>
/// <param name="Step">How tokens are taken in one by one, and why not in place where they are not.</param>
public sealed record DecodeRow(DecodeContender Contender, HeldBytes Held, IReadOnlyList<double> Turns, int Batch, FormUsed Step)
{
    /// <summary>Tokens before the first timed one.</summary>
    public long Position => Held.Position;

    /// <summary>The mean over all timed tokens; NaN before the first turn.</summary>
    public double MsPerToken => Turns.Count == 0 ? double.NaN : Turns.Average();

    /// <summary>The median turn's: what a passing load of the machine leaves alone.</summary>
    public double MedianMsPerToken => Turns.Count == 0 ? double.NaN : Turns.Order().ElementAt(Turns.Count / 2);

    /// <summary>Over all rows of the batch.</summary>
    public double TokensPerSecond => 1_000 * Batch / MsPerToken;
}
