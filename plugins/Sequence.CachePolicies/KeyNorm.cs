using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="KeyNorm"/>.</summary>
public sealed record KeyNormOptions
{
    /// <summary>R, the entries of a head.</summary>
    public CacheBudget Budget { get; init; } = CacheBudget.Of(256);
}

/// <summary>
/// The keys of smallest norm, which draw most attention in trained language models (Devoto et al. 2024, arXiv 2406.11430). Needs no attention weights. The
/// paper leaves the first layers alone: see <see cref="FirstKLayersFactory"/>.
/// <code>
/// s_j    = -||k_j||_2                              [B, Hkv, n]
/// held_i = the R entries j &lt;= i of largest s_j
/// </code>
/// </summary>
public sealed class KeyNorm(KeyNormOptions options) : CachePolicy, ILifetimePolicy
{
    /// <inheritdoc/>
    public override CacheBudget Budget => options.Budget;

    /// <inheritdoc/>
    public override bool PerHead => true;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => SurvivalOfTheBest.Retain(view, Score(view), options.Budget);

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) => SurvivalOfTheBest.Lifetimes(view, Score(view), options.Budget);

    private static Tensor Score(CacheView view) => -view.Keys.detach().to(float64).square().sum(-1);
}

/// <summary>Makes <see cref="KeyNorm"/>.</summary>
public sealed class KeyNormFactory : IComponentFactory<CachePolicy, KeyNormOptions>
{
    /// <inheritdoc/>
    public string Name => "key-norm";

    /// <inheritdoc/>
    public string Description => "The keys of smallest norm (arXiv 2406.11430).";

    /// <inheritdoc/>
    public CachePolicy Create(KeyNormOptions options, ComponentContext context) => new KeyNorm(options);
}
