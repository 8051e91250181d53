using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="SlidingWindow"/>.</summary>
public sealed record SlidingWindowOptions
{
    /// <summary>W, the entries held.</summary>
    public CacheBudget Budget { get; init; } = CacheBudget.Of(256);
}

/// <summary>
/// The last W entries (Beltagy et al. 2020, arXiv 2004.05150; Jiang et al. 2023, arXiv 2310.06825).
/// <code>
/// held_i     = { j : i - W &lt; j &lt;= i }
/// lifetime_j = j + W - 1            [B, Hkv or 1, n]
/// </code>
/// Under a ratio the window grows with what was seen, W_i = ceil(r (i + 1)).
/// </summary>
public sealed class SlidingWindow(SlidingWindowOptions options) : CachePolicy, ILifetimePolicy
{
    /// <inheritdoc/>
    public override CacheBudget Budget => options.Budget;

    /// <inheritdoc/>
    public override bool PerHead => options.Budget.Heads is not null;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => view.Outliving(Lifetimes(view));

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) => Window.Lifetimes(view, options.Budget, sinks: 0);
}

/// <summary>Makes <see cref="SlidingWindow"/>.</summary>
public sealed class SlidingWindowFactory : IComponentFactory<CachePolicy, SlidingWindowOptions>
{
    /// <inheritdoc/>
    public string Name => "sliding-window";

    /// <inheritdoc/>
    public string Description => "The last entries (arXiv 2004.05150).";

    /// <inheritdoc/>
    public CachePolicy Create(SlidingWindowOptions options, ComponentContext context) => new SlidingWindow(options);
}
