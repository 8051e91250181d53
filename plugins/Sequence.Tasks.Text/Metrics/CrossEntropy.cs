using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Tasks.Text.Metrics;

/// <summary>Cross-entropy over all targets added, the sum behind perplexity and bits a token.</summary>
internal sealed class CrossEntropy
{
    private double _sum;
    private long _targets;

    /// <summary>Nats a target; NaN before the first.</summary>
    public double Mean => _targets == 0 ? double.NaN : _sum / _targets;

    /// <summary>Adds a batch: logits [B, C] with targets [B], or [B, T, C] with [B, T].</summary>
    public void Add(Tensor logits, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (flat, wanted) = (logits.reshape(-1, logits.shape[^1]), targets.reshape(-1));
        _sum += Kernels.Losses.CrossEntropy.Run(flat, wanted, nn.Reduction.Sum, Example.Ignored).ToDouble();
        _targets += wanted.ne(Example.Ignored).sum().item<long>();
    }
}
