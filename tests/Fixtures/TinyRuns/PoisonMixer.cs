using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Fixtures.TinyRuns;

/// <summary>Passes its inputs on, and from a chosen training step on makes them infinite, or their gradient.</summary>
public sealed class PoisonMixer(int step, bool gradientOnly) : SequenceMixer("poison")
{
    private int _forwards;

    public override StateCost Cost => new(StateGrowth.Constant, 0);

    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        if (!training || ++_forwards < step)
            return x + 0;

        // the derivative of the square root at 0 is infinite, its value is not
        return gradientOnly ? x + (x - x.detach()).abs().sqrt() : x / zeros_like(x);
    }

    public override MixerState CreateState(int batch) => throw new NotSupportedException();

    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state) => throw new NotSupportedException();
}
