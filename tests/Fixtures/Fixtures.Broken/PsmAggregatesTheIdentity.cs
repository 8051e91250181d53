using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>The Blelloch scan of the public PSM code: the learned Agg is called on the identity.</summary>
internal sealed class PsmAggregatesTheIdentity : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "psm-aggregates-the-identity";

    public string Description => "The Blelloch scan of the public PSM code: the learned Agg is called on the identity.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new StaticTree(context.Width) { OddPrefixes = (tree, above, nodes) => tree.Aggregate(above, nodes) };
}
