using Sequence.Components;
using Sequence.Mixers;

namespace Fixtures.Broken;

/// <summary>Nothing is wrong with it.</summary>
internal sealed class Sound : IComponentFactory<SequenceMixer, NoOptions>
{
    public string Name => "sound";

    public string Description => "Nothing is wrong with it.";

    public SequenceMixer Create(NoOptions options, ComponentContext context) => new Leaky(context.Width);
}
