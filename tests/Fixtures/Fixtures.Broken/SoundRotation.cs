using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>MIPT-SSM with nothing wrong.</summary>
internal sealed class SoundRotation : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "sound-rotation";

    public string Description => "MIPT-SSM with nothing wrong.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Rotation(context.Width);
}
