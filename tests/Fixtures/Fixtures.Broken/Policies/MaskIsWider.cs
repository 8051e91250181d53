using Sequence.Caching;
using Sequence.Components;

namespace Fixtures.Broken.Policies;

/// <summary>Retains a window of W - 1 entries and says that lifetimes are those of W.</summary>
internal sealed class MaskIsWider : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "mask-is-wider";

    public string Description => "Retains a window of W - 1 entries and says that lifetimes are those of W.";

    public CachePolicy Create(NoOptions options, ComponentContext context) =>
        new Recent { RetainInstead = view => RecentByCall.Last(view, Recent.W - 1) };
}
