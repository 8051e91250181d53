using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="GateTopK"/>.</summary>
public sealed record GateTopKOptions
{
    /// <summary>K, the entries held, 0 or more; null for every one.</summary>
    public CacheBudget? Budget { get; init; } = CacheBudget.Of(16);
}

/// <summary>
/// The K entries of highest score, the layer's own word for how much a token is to be kept (MIPT, arXiv 2604.07716, where it is the mean measurement rate of
/// the token). The earlier of equal ones stays.
/// <code>
/// held_i = the K entries j &lt;= i of largest s_j            s: [B, n]
/// </code>
/// A layer that reads what is strictly past sees held_(i - 1).
/// </summary>
public sealed class GateTopK(GateTopKOptions options) : CachePolicy, ILifetimePolicy
{
    private static readonly EntrySignal Score = new EntrySignal.Score();

    /// <inheritdoc/>
    public override CacheBudget? Budget => options.Budget;

    /// <inheritdoc/>
    public override bool KeepsAll => options.Budget is null;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => options.Budget is null ? [] : [Score];

    /// <inheritdoc/>
    public override bool PerHead => options.Budget?.Heads is not null;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) =>
        options.Budget is { } K ? SurvivalOfTheBest.Retain(view, view.Signal(Score), K) : view.Held;

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) =>
        options.Budget is { } K ? SurvivalOfTheBest.Lifetimes(view, view.Signal(Score), K) : full_like(view.Positions, long.MaxValue);
}

/// <summary>Makes <see cref="GateTopK"/>.</summary>
public sealed class GateTopKFactory : IComponentFactory<CachePolicy, GateTopKOptions>
{
    /// <inheritdoc/>
    public string Name => "gate-top-k";

    /// <inheritdoc/>
    public string Description => "The entries that the layer scores highest (MIPT, arXiv 2604.07716).";

    /// <inheritdoc/>
    public CachePolicy Create(GateTopKOptions options, ComponentContext context) => new GateTopK(options);
}
