using Sequence.Benchmarks.Measuring;
using Sequence.Kernels.Losses;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The loss of a language model's head over 32,768 tokens, from hidden vectors.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
public sealed class CrossEntropyQuestion(Setting setting) : Question(setting)
{
    private const long V = 32_768;

    /// <inheritdoc/>
    public override string Name => "cross-entropy/V=32768";

    /// <inheritdoc/>
    public override string Script => "cross_entropy.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => ["logits"];

    /// <inheritdoc/>
    public override IReadOnlyList<long> Lengths => Setting.IsGpu ? [4_096] : [256, 1_024];

    /// <inheritdoc/>
    public override IReadOnlyList<long> QuickLengths => Setting.IsGpu ? [4_096] : [256];

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        var B = Setting.Rows(T);
        manual_seed(1);
        return new OperationCase(
            Setting, T,
            new() { ["x"] = randn(B * T, D), ["weight"] = randn(V, D) / Math.Sqrt(D) },
            of => [LinearCrossEntropy.Run(of("x"), of("weight"), of("targets"), nn.Reduction.Mean)],
            new() { ["targets"] = randint(V, [B * T], int64) });
    }

    /// <summary>The product with the head and an exponential a logit; backward two products more.</summary>
    public override Load Load(long T, Pass pass) =>
        new(Exponentials: (pass == Pass.Forward ? 1 : 2) * Setting.Rows(T) * T * V, Flops: (pass == Pass.Forward ? 1.0 : 3.0) * 2 * Setting.Rows(T) * T * V * D);
}
