using Sequence.Caching;
using Sequence.Components;

namespace Fixtures.Broken.Policies;

/// <summary>A window of half the width after a single token.</summary>
internal sealed class NarrowerInSteps : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "narrower-in-steps";

    public string Description => "A window of half the width after a single token.";

    public CachePolicy Create(NoOptions options, ComponentContext context) =>
        new Recent { LifetimesInstead = view => view.Positions + (view.IsPrefill ? Recent.W : Recent.W / 2) - 1 };
}
