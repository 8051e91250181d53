using Sequence.Caching;
using Sequence.Components;

namespace Fixtures.Broken.Policies;

/// <summary>What it was first asked about is in the policy, and not in the state.</summary>
internal sealed class RemembersAside : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "remembers-aside";

    public string Description => "What it was first asked about is in the policy, and not in the state.";

    public CachePolicy Create(NoOptions options, ComponentContext context)
    {
        long? first = null;
        return new RecentByCall(view =>
        {
            first ??= view.Seen.max().item<long>();
            return RecentByCall.Last(view, RecentByCall.W - (first.Value < 35 ? 1 : 0));
        });
    }
}
