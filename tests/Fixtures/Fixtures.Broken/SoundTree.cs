using Sequence.Components;
using Sequence.Scans;

namespace Fixtures.Broken;

/// <summary>A learned tree with nothing wrong.</summary>
internal sealed class SoundTree : IComponentFactory<ScanLayer, NoOptions>
{
    public string Name => "sound-tree";

    public string Description => "A learned tree with nothing wrong.";

    public ScanLayer Create(NoOptions options, ComponentContext context) => new Tree(context.Width, new TanhTree(context.Width));
}
