using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>A tree with a scan of its own and nothing wrong.</summary>
internal sealed class SoundStaticTree : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "sound-static-tree";

    public string Description => "A tree with a scan of its own and nothing wrong.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new StaticTree(context.Width);
}
