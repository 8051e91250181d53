using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>A copy of a state has forgotten everything, and the outputs are so small that it hardly shows.</summary>
internal sealed class ForgetsFaintly : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "forgets-faintly";

    public string Description => "A copy of a state has forgotten everything, and the outputs are so small that it hardly shows.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Mixer(new Leaky(context.Width));

    /// <summary>y_t = h_t / 100 000.</summary>
    private sealed class Mixer : SequenceMixer
    {
        private const double Scale = 1e-5;

        private readonly Leaky _sound;

        public Mixer(Leaky sound) : base("forgets-faintly")
        {
            _sound = sound;
            RegisterComponents();
        }

        public override StateCost Cost => _sound.Cost;

        public override Tensor Forward(Tensor x, SequenceContext context) => _sound.Forward(x, context) * Scale;

        public override MixerState CreateState(int batch) => new Forgetful((LeakyState)_sound.CreateState(batch));

        public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
        {
            var forgetful = (Forgetful)state;
            var y = _sound.Advance(x, context, forgetful.Sound) * Scale;
            forgetful.Sound.Positions.CopyTo(forgetful.Positions, 0);
            return y;
        }
    }

    private sealed class Forgetful(LeakyState sound) : MixerState([.. sound.Positions])
    {
        public LeakyState Sound { get; } = sound;

        public override IReadOnlyList<Tensor> Tensors => Sound.Tensors;

        public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new Forgetful(new LeakyState(positions, tensors[0].zero_()));
    }
}
