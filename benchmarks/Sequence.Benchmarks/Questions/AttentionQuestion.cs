using Sequence.Benchmarks.Measuring;
using Sequence.Kernels.Attention;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>Causal softmax attention, heads of 64 channels.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
public sealed class AttentionQuestion(Setting setting) : Question(setting)
{
    private const long K = 64;

    private long H => D / K;

    /// <inheritdoc/>
    public override string Name => "attention";

    /// <inheritdoc/>
    public override string Script => "attention.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => ["materialised", "sdpa"];

    /// <inheritdoc/>
    public override IReadOnlyList<long> Lengths => Setting.Lengths(256, 512, 1_024, 4_096, 16_384);

    /// <inheritdoc/>
    public override long? Shorter => null;

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        var B = Setting.Rows(T);
        manual_seed(1);
        return new OperationCase(
            Setting, T,
            new() { ["q"] = randn(B, H, T, K), ["k"] = randn(B, H, T, K), ["v"] = randn(B, H, T, K) },
            of => [SoftmaxAttention.Run(of("q"), of("k"), of("v"), KeySpans.Causal())],
            time: 2, ending: new AttentionEnding());
    }

    /// <summary>Of each pair of tokens two products and an exponential; backward five products, since scores are computed again, and the exponential too.</summary>
    public override Load Load(long T, Pass pass)
    {
        var pairs = Setting.Rows(T) * H * T * (T + 1.0) / 2;
        return pass == Pass.Forward ? new(Exponentials: pairs, Flops: 2 * 2 * K * pairs) : new(Exponentials: 2 * pairs, Flops: 7 * 2 * K * pairs);
    }
}
