using Sequence.Caching;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>The last W entries, once a call, sound unless the choice is replaced.</summary>
internal sealed class RecentByCall(Func<CacheView, Tensor>? choice = null) : CachePolicy
{
    public const long W = 8;

    public override CacheBudget Budget => CacheBudget.Of(W);

    public override Tensor Retain(CacheView view) => choice?.Invoke(view) ?? Last(view, W);

    /// <summary>The last entries.</summary>
    public static Tensor Last(CacheView view, long entries) => view.Held.logical_and(view.Positions >= view.Seen - entries);
}
