using static TorchSharp.torch;

namespace Sequence.Tasks.Synthetic.Needles;

/// <summary>The share of haystacks whose class has the largest logit.</summary>
internal sealed class NeedleAccuracy : IMetric
{
    private long _right;
    private long _haystacks;

    public string Name => "accuracy";

    public bool HigherIsBetter => true;

    public double Value => (double)_right / _haystacks;

    public void Add(Tensor logits, Tensor targets)
    {
        using var scope = NewDisposeScope();
        _right += logits.argmax(-1).eq(targets).sum().item<long>();
        _haystacks += targets.shape[0];
    }
}
