using Sequence.Benchmarks.Measuring;
using Sequence.Kernels;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The causal depthwise convolution over four tokens.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
public sealed class ShortConvolutionQuestion(Setting setting) : Question(setting)
{
    private const int Taps = 4;

    /// <inheritdoc/>
    public override string Name => "short-convolution";

    /// <inheritdoc/>
    public override string Script => "short_convolution.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => ["conv1d", "shifts"];

    /// <summary>At every length: neither its time nor its memory is large.</summary>
    public override bool AsksPeer(long T, Pass pass) => true;

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        var B = Setting.Rows(T);
        manual_seed(1);
        return new OperationCase(
            Setting, T,
            new() { ["u"] = randn(B, T, D), ["weight"] = randn(Taps, D), ["bias"] = randn(D) },
            of => [CausalConvolution.Run(of("u"), window: null, of("weight"), of("bias"))]);
    }

    /// <summary>u read, y written; backward u and the gradient of y read, that of u written.</summary>
    public override Load Load(long T, Pass pass) => new(Bytes: (pass == Pass.Forward ? 2 : 5) * Setting.NumberBytes * Setting.Rows(T) * T * D);
}
