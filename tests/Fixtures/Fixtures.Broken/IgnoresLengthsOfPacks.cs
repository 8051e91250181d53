using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>Where documents begin in a piece, its padding goes into the state.</summary>
internal sealed class IgnoresLengthsOfPacks : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "ignores-lengths-of-packs";

    public string Description => "Where documents begin in a piece, its padding goes into the state.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        AdvanceInstead = (mixer, x, context, state) =>
        {
            var seen = new SequenceContext { Starts = context.Starts, Lengths = context.Starts is null ? context.Lengths : null };
            var y = mixer.Fold(x, seen, state.H);
            state.Become(y.select(1, -1), context, x.shape[1]);
            return y;
        },
    };
}
