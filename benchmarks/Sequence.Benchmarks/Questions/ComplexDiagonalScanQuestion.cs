using Sequence.Benchmarks.Measuring;
using Sequence.Kernels;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The complex diagonal scan of MIPT and the LRU.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
public sealed class ComplexDiagonalScanQuestion(Setting setting) : Question(setting)
{
    /// <inheritdoc/>
    public override string Name => "complex-diagonal-scan";

    /// <inheritdoc/>
    public override string Script => "complex_diagonal_scan.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => Setting.IsGpu ? ["tree"] : ["loop", "tree"];

    /// <inheritdoc/>
    public override IReadOnlyList<long> QuickLengths => Setting.Lengths(1_024, 4_096);

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        var B = Setting.Rows(T);
        manual_seed(1);
        var a = ComplexTensor.Polar(rand(B, T, D), 3 * randn(B, T, D));
        return new OperationCase(
            Setting, T,
            new()
            {
                ["a_re"] = a.Re, ["a_im"] = a.Im, ["b_re"] = randn(B, T, D), ["b_im"] = randn(B, T, D), ["h_re"] = randn(B, D), ["h_im"] = randn(B, D),
            },
            Compute, ending: new ScanEnding(Compute, outputs => new() { ["h_re"] = outputs[0].select(1, -1), ["h_im"] = outputs[1].select(1, -1) }));
    }

    private static Tensor[] Compute(Func<string, Tensor> of)
    {
        var h = ComplexDiagonalScan.Run(new(of("a_re"), of("a_im")), new(of("b_re"), of("b_im")), new ComplexTensor(of("h_re"), of("h_im")));
        return [h.Re, h.Im];
    }

    /// <summary>As the real one, with two numbers for one.</summary>
    public override Load Load(long T, Pass pass) => new(Bytes: (pass == Pass.Forward ? 6 : 16) * Setting.NumberBytes * Setting.Rows(T) * T * D);
}
