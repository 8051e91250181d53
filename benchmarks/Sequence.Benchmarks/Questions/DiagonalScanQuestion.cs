using Sequence.Benchmarks.Measuring;
using Sequence.Kernels;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The real diagonal scan, with decays as logarithms.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
public sealed class DiagonalScanQuestion(Setting setting) : Question(setting)
{
    /// <inheritdoc/>
    public override string Name => "diagonal-scan";

    /// <inheritdoc/>
    public override string Script => "diagonal_scan.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => Setting.IsGpu ? ["tree"] : ["loop", "scripted", "tree"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> FormsOfOthers => ["fla"];

    /// <inheritdoc/>
    public override IReadOnlyList<long> QuickLengths => Setting.Lengths(1_024, 4_096);

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        var B = Setting.Rows(T);
        manual_seed(1);
        return new OperationCase(
            Setting, T,
            new() { ["log"] = -rand(B, T, D), ["input"] = randn(B, T, D), ["initial"] = randn(B, D) },
            Compute, ending: new ScanEnding(Compute, outputs => new() { ["initial"] = outputs[0].select(1, -1) }));
    }

    private static Tensor[] Compute(Func<string, Tensor> of) => [DiagonalScan.Run(of("log"), of("input"), of("initial"))];

    /// <summary>l and b read, h written; backward l, b (or h) and the gradient of h read, two gradients written.</summary>
    public override Load Load(long T, Pass pass) => new(Bytes: (pass == Pass.Forward ? 3 : 8) * Setting.NumberBytes * Setting.Rows(T) * T * D);
}
