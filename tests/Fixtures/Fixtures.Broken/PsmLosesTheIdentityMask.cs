using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>The vectorised scan of the public PSM code: every prefix of a level is taken for the identity.</summary>
internal sealed class PsmLosesTheIdentityMask : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "psm-loses-the-identity-mask";

    public string Description => "The vectorised scan of the public PSM code: every prefix of a level is taken for the identity.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new StaticTree(context.Width) { OddPrefixes = (tree, above, nodes) => nodes };
}
