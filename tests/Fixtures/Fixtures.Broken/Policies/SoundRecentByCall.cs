using Sequence.Caching;
using Sequence.Components;

namespace Fixtures.Broken.Policies;

/// <summary>Nothing is wrong with it.</summary>
internal sealed class SoundRecentByCall : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "sound-recent-by-call";

    public string Description => "Nothing is wrong with it.";

    public CachePolicy Create(NoOptions options, ComponentContext context) => new RecentByCall();
}
