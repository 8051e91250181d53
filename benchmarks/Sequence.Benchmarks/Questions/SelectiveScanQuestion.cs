using Sequence.Benchmarks.Measuring;
using Sequence.Kernels;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The scan of Mamba (S6) with 16 states a channel, from a given state.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
public sealed class SelectiveScanQuestion(Setting setting) : Question(setting)
{
    private const long N = 16;

    /// <inheritdoc/>
    public override string Name => "selective-scan";

    /// <inheritdoc/>
    public override string Script => "selective_scan.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => Setting.IsGpu ? ["tree"] : ["loop", "tree"];

    /// <inheritdoc/>
    public override IReadOnlyList<long> QuickLengths => Setting.Lengths(1_024, 16_384);

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        var B = Setting.Rows(T);
        manual_seed(1);
        var dt = empty(B, T, D).uniform_(Math.Log(1e-3), Math.Log(0.1)).exp();
        var A = -arange(1, N + 1, float32).unsqueeze(1).expand(N, D).contiguous();
        return new OperationCase(
            Setting, T,
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
        var (wide, narrow) = (Setting.NumberBytes * Setting.Rows(T) * T * D, Setting.NumberBytes * Setting.Rows(T) * T * N);
        return pass == Pass.Forward
            ? new(Bytes: 3 * wide + 2 * narrow, Exponentials: Setting.Rows(T) * T * N * D)
            : new(Bytes: 8 * wide + 6 * narrow, Exponentials: 2 * Setting.Rows(T) * T * N * D);
    }
}
