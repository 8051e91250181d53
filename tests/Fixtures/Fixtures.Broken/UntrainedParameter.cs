using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>The recurrence is cut out of the graph, so no gradient reaches its decay.</summary>
internal sealed class UntrainedParameter : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "untrained-parameter";

    public string Description => "The recurrence is cut out of the graph, so no gradient reaches its decay.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width)
    {
        ForwardInstead = (mixer, x, context) => mixer.Fold(x, context).detach() + (x - x.detach()),
    };
}
