using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Sound outputs from a state that holds every state before it.</summary>
internal sealed class Hoarder : SequenceMixer
{
    private readonly Leaky _sound;
    private readonly Func<StateCost, StateCost> _declared;

    /// <param name="sound">Makes the outputs.</param>
    /// <param name="declared">What is said to be held, from what the sound one holds.</param>
    public Hoarder(Leaky sound, Func<StateCost, StateCost> declared) : base("hoarder")
    {
        (_sound, _declared) = (sound, declared);
        RegisterComponents();
    }

    public override StateCost Cost => _declared(_sound.Cost);

    public override Tensor Forward(Tensor x, SequenceContext context) => _sound.Forward(x, context);

    public override MixerState CreateState(int batch)
    {
        using var first = (LeakyState)_sound.CreateState(batch);
        return new History(new long[batch], first.H.unsqueeze(1).clone());
    }

    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
    {
        var history = (History)state;
        var y = _sound.Fold(x, context, history.States.select(1, -1));
        history.Append(y, context);
        return y;
    }
}
