using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>There is nothing to choose.</summary>
public sealed record FullOptions;

/// <summary>
/// Every entry stays: what a layer does without a policy, as a word for compositions and comparisons.
/// <code>
/// lifetime_j = infinite        [B, 1, n]
/// </code>
/// </summary>
public sealed class Full : CachePolicy, ILifetimePolicy
{
    /// <inheritdoc/>
    public override bool KeepsAll => true;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => view.Held;

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) => full_like(view.Positions, long.MaxValue);
}

/// <summary>Makes <see cref="Full"/>.</summary>
public sealed class FullFactory : IComponentFactory<CachePolicy, FullOptions>
{
    /// <inheritdoc/>
    public string Name => "full";

    /// <inheritdoc/>
    public string Description => "Every entry stays.";

    /// <inheritdoc/>
    public CachePolicy Create(FullOptions options, ComponentContext context) => new Full();
}
