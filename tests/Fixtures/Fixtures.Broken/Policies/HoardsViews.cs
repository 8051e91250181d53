using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>Holds on to the keys of every view.</summary>
internal sealed class HoardsViews : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "hoards-views";

    public string Description => "Holds on to the keys of every view.";

    public CachePolicy Create(NoOptions options, ComponentContext context)
    {
        var hoard = new List<Tensor>();
        return new RecentByCall(view =>
        {
            hoard.Add(view.Keys.clone().DetachFromDisposeScope());
            return RecentByCall.Last(view, RecentByCall.W);
        });
    }
}
