namespace Sequence.Harness.Throughput;

/// <summary>A model at a length, in one kind of pass.</summary>
/// <param name="Model">Its name in the benchmark.</param>
/// <param name="Length">Tokens of a sequence.</param>
/// <param name="Rows">Sequences of the batch.</param>
/// <param name="Pass">Forward alone, or with gradients.</param>
/// <param name="Milliseconds">Of each timed pass; empty where there is none.</param>
/// <param name="PeakBytes">
/// The most memory of a pass beyond what was there before it, weights above all: of tensors on a GPU, else of the process. Null where it is unknown.
/// </param>
/// <param name="Forms">The forms of kernels that ran.</param>
/// <param name="Failed">Why there are no figures, such as a lack of memory; null where there are.</param>
public sealed record ThroughputRow(
    string Model, long Length, long Rows, ThroughputPass Pass, IReadOnlyList<double> Milliseconds, long? PeakBytes, string Forms, string? Failed)
{
    /// <summary>The median pass; null where there is none.</summary>
    public double? MedianMs => Milliseconds.Count == 0 ? null : Milliseconds.Order().ElementAt(Milliseconds.Count / 2);

    /// <summary>Of the median pass, over all sequences of the batch.</summary>
    public double? TokensPerSecond => MedianMs is { } milliseconds ? 1_000 * Rows * Length / milliseconds : null;
}
