using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>A fork writes into the memory of its origin.</summary>
internal sealed class ForkSharesMemory : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "fork-shares-memory";

    public string Description => "A fork writes into the memory of its origin.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Mixer(new Leaky(context.Width));

    private sealed class Mixer : SequenceMixer
    {
        private readonly Leaky _sound;

        public Mixer(Leaky sound) : base("fork-shares-memory")
        {
            _sound = sound;
            RegisterComponents();
        }

        public override StateCost Cost => _sound.Cost;

        public override Tensor Forward(Tensor x, SequenceContext context) => _sound.Forward(x, context);

        public override MixerState CreateState(int batch)
        {
            using var first = (LeakyState)_sound.CreateState(batch);
            return new Shared(new long[batch], first.H.clone());
        }

        public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
        {
            var shared = (Shared)state;
            var y = _sound.Fold(x, context, shared.H);
            shared.H.copy_(y.select(1, -1).detach());
            for (var row = 0; row < shared.Batch; row++)
                shared.Positions[row] += context.LengthOf(row, x.shape[1]);
            return y;
        }
    }

    /// <summary>h, written in place; as many rows as before are taken for the same rows.</summary>
    private sealed class Shared : MixerState
    {
        public Shared(long[] positions, Tensor h) : base(positions) => H = Own(h);

        public Tensor H { get; }

        public override IReadOnlyList<Tensor> Tensors => [H];

        public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors)
        {
            if (tensors[0].shape[0] != Batch)
                return new Shared(positions, tensors[0]);
            H.copy_(tensors[0]);
            tensors[0].Dispose();
            return new Shared(positions, H.alias());
        }
    }
}
