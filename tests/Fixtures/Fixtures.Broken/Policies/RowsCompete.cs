using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>The row that has the largest key keeps an entry less.</summary>
internal sealed class RowsCompete : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "rows-compete";

    public string Description => "The row that has the largest key keeps an entry less.";

    public CachePolicy Create(NoOptions options, ComponentContext context) => new RecentByCall(view =>
    {
        var largest = view.Keys.square().sum(-1).masked_fill(view.Held.logical_not(), 0).amax(-2, -1).view(-1, 1, 1);
        return view.Held.logical_and(view.Positions >= view.Seen - RecentByCall.W + (largest == largest.max()).to(int64));
    });
}
