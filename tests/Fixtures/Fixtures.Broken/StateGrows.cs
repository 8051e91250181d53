using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>The state is said to be constant and holds every state before it.</summary>
internal sealed class StateGrows : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "state-grows";

    public string Description => "The state is said to be constant and holds every state before it.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Hoarder(new Leaky(context.Width), cost => cost);
}
