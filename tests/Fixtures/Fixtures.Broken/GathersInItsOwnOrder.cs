using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Gathered rows get each other's memory.</summary>
internal sealed class GathersInItsOwnOrder : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "gathers-in-its-own-order";

    public string Description => "Gathered rows get each other's memory.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Mixer(new Leaky(context.Width));

    private sealed class Mixer : SequenceMixer
    {
        private readonly Leaky _sound;

        public Mixer(Leaky sound) : base("gathers-in-its-own-order")
        {
            _sound = sound;
            RegisterComponents();
        }

        public override StateCost Cost => _sound.Cost;

        public override Tensor Forward(Tensor x, SequenceContext context) => _sound.Forward(x, context);

        public override MixerState CreateState(int batch) => new Turned((LeakyState)_sound.CreateState(batch));

        public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
        {
            var turned = (Turned)state;
            var y = _sound.Advance(x, context, turned.Sound);
            turned.Sound.Positions.CopyTo(turned.Positions, 0);
            return y;
        }
    }

    /// <summary>The sound state, its rows turned back to front where their number changes.</summary>
    private sealed class Turned(LeakyState sound) : MixerState([.. sound.Positions])
    {
        public LeakyState Sound { get; } = sound;

        public override IReadOnlyList<Tensor> Tensors => Sound.Tensors;

        public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors)
        {
            if (positions.Length == Batch)
                return new Turned(new LeakyState(positions, tensors[0]));
            var turned = new Turned(new LeakyState(positions, tensors[0].flip(0)));
            tensors[0].Dispose();
            return turned;
        }
    }
}
