using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>Remembers in the policy how many tokens each row of a batch of that size had seen when it was first asked, and keeps an entry less for short ones.</summary>
internal sealed class RemembersByRow : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "remembers-by-row";

    public string Description => "Remembers in the policy how many tokens each row of a batch of that size had seen when it was first asked, and keeps an entry less for short ones.";

    public CachePolicy Create(NoOptions options, ComponentContext context)
    {
        Tensor? first = null;
        return new RecentByCall(view =>
        {
            if (first is null || first.shape[0] != view.Seen.shape[0])
                first = view.Seen.clone().DetachFromDisposeScope();
            return view.Held.logical_and(view.Positions >= view.Seen - RecentByCall.W + (first < 5).to(int64));
        });
    }
}
