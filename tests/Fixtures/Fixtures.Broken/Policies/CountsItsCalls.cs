using Sequence.Caching;
using Sequence.Components;

namespace Fixtures.Broken.Policies;

/// <summary>Drops one entry more every fourth time that it is asked, whoever asks.</summary>
internal sealed class CountsItsCalls : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "counts-its-calls";

    public string Description => "Drops one entry more every fourth time that it is asked, whoever asks.";

    public CachePolicy Create(NoOptions options, ComponentContext context)
    {
        var calls = 0;
        return new RecentByCall(view => RecentByCall.Last(view, RecentByCall.W - (++calls % 4 == 0 ? 1 : 0)));
    }
}
