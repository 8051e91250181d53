using Sequence.Caching;
using static TorchSharp.torch;

namespace Fixtures.Broken.Policies;

/// <summary>
/// The last W entries, token by token, sound unless one of its parts is replaced:
/// <code>
/// lifetime_j = j + W - 1
/// </code>
/// </summary>
internal sealed class Recent : CachePolicy, ILifetimePolicy
{
    public const long W = 8;

    /// <summary>In place of <see cref="Retain"/>.</summary>
    public Func<CacheView, Tensor>? RetainInstead { get; init; }

    /// <summary>In place of <see cref="Lifetimes"/>.</summary>
    public Func<CacheView, Tensor>? LifetimesInstead { get; init; }

    public override CacheBudget Budget => CacheBudget.Of(W);

    public override Tensor Retain(CacheView view) => RetainInstead?.Invoke(view) ?? view.Outliving(Lifetimes(view));

    public Tensor Lifetimes(CacheView view) => LifetimesInstead?.Invoke(view) ?? view.Positions + W - 1;
}
