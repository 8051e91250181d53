using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>The last columns, with or without an entry in them, rather than the last entries.</summary>
internal sealed class CountsPadding : IComponentFactory<CachePolicy, NoOptions>
{
    public string Name => "counts-padding";

    public string Description => "The last columns, with or without an entry in them, rather than the last entries.";

    public CachePolicy Create(NoOptions options, ComponentContext context) => new RecentByCall(view =>
    {
        var n = view.Positions.shape[2];
        return view.Held.logical_and((arange(n, device: view.Positions.device) >= n - RecentByCall.W).view(1, 1, n));
    });
}
