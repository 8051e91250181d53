using Sequence.Mixers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Fixtures.TinyRuns;

/// <summary>Adds a learned vector to inputs of an odd length and nothing to the others: a parameter without a gradient in some steps.</summary>
public sealed class OddMixer : SequenceMixer
{
    private readonly Parameter _vector;

    public OddMixer(int width) : base("odd")
    {
        _vector = new Parameter(zeros(width).DetachFromDisposeScope());
        RegisterComponents();
    }

    public override StateCost Cost => new(StateGrowth.Constant, 0);

    public override Tensor Forward(Tensor x, SequenceContext context) => long.IsOddInteger(x.shape[1]) ? x + _vector : x + 0;

    public override MixerState CreateState(int batch) => throw new NotSupportedException();

    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state) => throw new NotSupportedException();
}
