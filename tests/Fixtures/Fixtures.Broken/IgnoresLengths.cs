using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>Padding goes into the state.</summary>
internal sealed class IgnoresLengths : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "ignores-lengths";

    public string Description => "Padding goes into the state.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        AdvanceInstead = (mixer, x, context, state) =>
        {
            var y = mixer.Fold(x, new SequenceContext { Starts = context.Starts }, state.H);
            state.Become(y.select(1, -1), context, x.shape[1]);
            return y;
        },
    };
}
