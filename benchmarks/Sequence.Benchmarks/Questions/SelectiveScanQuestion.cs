using Sequence.Benchmarks.Measuring;
using Sequence.Kernels;
using Sequence.Kernels.Registry;
using static Sequence.Benchmarks.Questions.Sizes;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The scan of Mamba (S6) with 16 states a channel, from a given state.</summary>
public sealed class SelectiveScanQuestion : Question
{
    private const long N = 16;

    /// <inheritdoc/>
    public override string Name => "selective-scan";

    /// <inheritdoc/>
    public override string Script => "selective_scan.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => ["loop", "tree"];

    /// <inheritdoc/>
    public override IReadOnlyList<long> QuickLengths => [1_024, 16_384];

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var dt = empty(B, T, D).uniform_(Math.Log(1e-3), Math.Log(0.1)).exp();
        var A = -arange(1, N + 1, float32).unsqueeze(1).expand(N, D).contiguous();
        return new OperationCase(
            T,
            new() { ["dt"] = dt, ["A"] = A, ["w"] = dt * randn(B, T, D), ["B"] = randn(B, T, N), ["C"] = randn(B, T, N), ["initial"] = randn(B, N, D) },
            Compute, ending: new ScanEnding(Compute, outputs => new() { ["initial"] = outputs[1] }));
    }

    private static Tensor[] Compute(Func<string, Tensor> of)
    {
        var (y, last) = KernelScope.Preference == KernelPreference.Reference
            ? SelectiveScan.Fold(of("dt"), of("A"), of("w"), of("B"), of("C"), of("initial"))
            : FusedSelectiveScan.Run(of("dt"), of("A"), of("w"), of("B"), of("C"), of("initial"));
        return [y, last];
    }

    /// <summary>An exponential a state and token, and again in the backward pass, where keeping them would cost N times the memory of the inputs.</summary>
    public override Load Load(long T, Pass pass)
    {
        var (wide, narrow) = (sizeof(float) * B * T * D, sizeof(float) * B * T * N);
        return pass == Pass.Forward
            ? new(Bytes: 3 * wide + 2 * narrow, Exponentials: B * T * N * D)
            : new(Bytes: 8 * wide + 6 * narrow, Exponentials: 2 * B * T * N * D);
    }
}
