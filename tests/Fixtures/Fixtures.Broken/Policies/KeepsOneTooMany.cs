using Sequence.Caching;
using Sequence.Components;

namespace Fixtures.Broken.Policies;

/// <summary>One entry more than it says.</summary>
internal sealed class KeepsOneTooMany : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "keeps-one-too-many";

    public string Description => "One entry more than it says.";

    public CachePolicy Create(NoOptions options, ComponentContext context) => new RecentByCall(view => RecentByCall.Last(view, RecentByCall.W + 1));
}
