using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>A state leaves its tensors to the dispose scope that they were made in.</summary>
internal sealed class StateDiesWithItsScope : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "state-dies-with-its-scope";

    public string Description => "A state leaves its tensors to the dispose scope that they were made in.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Mixer(new Leaky(context.Width));

    private sealed class Mixer : SequenceMixer
    {
        private readonly Leaky _sound;

        public Mixer(Leaky sound) : base("state-dies-with-its-scope")
        {
            _sound = sound;
            RegisterComponents();
        }

        public override StateCost Cost => _sound.Cost;

        public override Tensor Forward(Tensor x, SequenceContext context) => _sound.Forward(x, context);

        public override MixerState CreateState(int batch)
        {
            using var first = (LeakyState)_sound.CreateState(batch);
            return new Fleeting(new long[batch], first.H.clone());
        }

        public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
        {
            var fleeting = (Fleeting)state;
            var y = _sound.Fold(x, context, fleeting.H);
            fleeting.H.Dispose();
            fleeting.H = y.select(1, -1).detach().clone();
            for (var row = 0; row < fleeting.Batch; row++)
                fleeting.Positions[row] += context.LengthOf(row, x.shape[1]);
            return y;
        }
    }

    private sealed class Fleeting(long[] positions, Tensor h) : MixerState(positions)
    {
        public Tensor H { get; set; } = h;

        public override IReadOnlyList<Tensor> Tensors => [H];

        public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new Fleeting(positions, tensors[0]);
    }
}
