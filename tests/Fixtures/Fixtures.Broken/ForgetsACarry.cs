using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>A second piece of more than one token begins anew.</summary>
internal sealed class ForgetsACarry : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "forgets-a-carry";

    public string Description => "A second piece of more than one token begins anew.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        AdvanceInstead = (mixer, x, context, state) =>
        {
            if (x.shape[1] > 1)
                state.H.zero_();
            return mixer.Continue(x, context, state);
        },
    };
}
