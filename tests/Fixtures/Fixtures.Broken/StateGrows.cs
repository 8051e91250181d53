using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>The state is said to be constant and holds every state before it.</summary>
internal sealed class StateGrows : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "state-grows";

    public string Description => "The state is said to be constant and holds every state before it.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Mixer(new Leaky(context.Width));

    private sealed class Mixer : SequenceMixer
    {
        private readonly Leaky _sound;

        public Mixer(Leaky sound) : base("state-grows")
        {
            _sound = sound;
            RegisterComponents();
        }

        public override StateCost Cost => _sound.Cost;

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

    /// <summary>Every h, [B, 1 + T, D].</summary>
    private sealed class History : MixerState
    {
        public History(long[] positions, Tensor states) : base(positions) => States = Own(states);

        public Tensor States { get; private set; }

        public override IReadOnlyList<Tensor> Tensors => [States];

        public void Append(Tensor h, SequenceContext context)
        {
            var before = States;
            States = Own(cat(new[] { before, h.detach() }, 1));
            before.Dispose();
            for (var row = 0; row < Batch; row++)
                Positions[row] += context.LengthOf(row, h.shape[1]);
        }

        public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new History(positions, tensors[0]);
    }
}
