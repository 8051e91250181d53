using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>A document goes on from the state of the one packed before it.</summary>
internal sealed class DoesNotReset : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "does-not-reset";

    public string Description => "A document goes on from the state of the one packed before it.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) => mixer.Fold(x, Unpacked(context)),
        AdvanceInstead = (mixer, x, context, state) => mixer.Continue(x, Unpacked(context), state),
    };

    private static SequenceContext Unpacked(SequenceContext context) => new() { Lengths = context.Lengths };
}
