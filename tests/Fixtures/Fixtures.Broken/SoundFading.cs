using Sequence.Components;
using Sequence.Scans;

namespace Fixtures.Broken;

/// <summary>An affine recurrence with nothing wrong.</summary>
internal sealed class SoundFading : IComponentFactory<ScanLayer, NoOptions>
{
    public string Name => "sound-fading";

    public string Description => "An affine recurrence with nothing wrong.";

    public ScanLayer Create(NoOptions options, ComponentContext context) => new Fading<Factor>(context.Width, keep => new(keep));
}
