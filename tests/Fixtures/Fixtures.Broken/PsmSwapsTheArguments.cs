using Sequence.Components;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>The Blelloch scan of the public PSM code: Agg gets the left subtree first and the prefix second.</summary>
internal sealed class PsmSwapsTheArguments : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "psm-swaps-the-arguments";

    public string Description => "The Blelloch scan of the public PSM code: Agg gets the left subtree first and the prefix second.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new StaticTree(context.Width)
    {
        OddPrefixes = (tree, above, nodes) => cat(new[]
        {
            nodes.narrow(1, 0, 1), tree.Aggregate(nodes.narrow(1, 1, nodes.shape[1] - 1), above.narrow(1, 1, above.shape[1] - 1)),
        }, 1),
    };
}
