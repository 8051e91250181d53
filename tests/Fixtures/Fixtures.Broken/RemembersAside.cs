using Sequence.Components;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>Half of what a state remembers is neither listed nor a position.</summary>
internal sealed class RemembersAside : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "remembers-aside";

    public string Description => "Half of what a state remembers is neither listed nor a position.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Mixer(new Leaky(context.Width));

    /// <summary>y_t = h_t / n_t, n_t being the tokens of the document up to t: every row has as many.</summary>
    private sealed class Mixer : SequenceMixer
    {
        private readonly Leaky _sound;

        public Mixer(Leaky sound) : base("remembers-aside")
        {
            _sound = sound;
            RegisterComponents();
        }

        public override StateCost Cost => _sound.Cost;

        public override Tensor Forward(Tensor x, SequenceContext context) => _sound.Forward(x, context) / Counts(x, context, 0).Counts;

        public override MixerState CreateState(int batch)
        {
            using var first = (LeakyState)_sound.CreateState(batch);
            return new Counted(new long[batch], first.H.clone(), 0);
        }

        public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
        {
            var counted = (Counted)state;
            var y = _sound.Fold(x, context, counted.H);
            var (counts, last) = Counts(x, context, counted.Count);
            counted.Become(y.select(1, -1), last, context, x.shape[1]);
            return y / counts;
        }

        private static (Tensor Counts, long Last) Counts(Tensor x, SequenceContext context, long count)
        {
            var counts = new float[x.shape[1]];
            for (var t = 0; t < counts.Length; t++)
                counts[t] = count = context.Starts is { } starts && starts[0, t].ToBoolean() ? 1 : count + 1;
            return (tensor(counts).view(1, -1, 1).to(x.dtype), count);
        }
    }

    private sealed class Counted : MixerState
    {
        public Counted(long[] positions, Tensor h, long count) : base(positions) => (H, Count) = (Own(h), count);

        public Tensor H { get; private set; }

        public long Count { get; private set; }

        public override IReadOnlyList<Tensor> Tensors => [H];

        public void Become(Tensor h, long count, SequenceContext context, long time)
        {
            H.Dispose();
            (H, Count) = (Own(h.detach().clone()), count);
            for (var row = 0; row < Batch; row++)
                Positions[row] += context.LengthOf(row, time);
        }

        public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new Counted(positions, tensors[0], Count);
    }
}
