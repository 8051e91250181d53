using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="GateThreshold"/>.</summary>
public sealed record GateThresholdOptions
{
    /// <summary>tau.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>K, the most entries held; null for no bound.</summary>
    public CacheBudget? Budget { get; init; }
}

/// <summary>
/// The entries whose score passes a threshold (MIPT, arXiv 2604.07716: "write if p > tau"); where there is a cap, the K highest of them.
/// <code>
/// held_i = { j &lt;= i : s_j &gt; tau }            s: [B, n]
/// </code>
/// </summary>
public sealed class GateThreshold(GateThresholdOptions options) : CachePolicy, ILifetimePolicy
{
    private static readonly EntrySignal Score = new EntrySignal.Score();

    /// <inheritdoc/>
    public override CacheBudget? Budget => options.Budget;

    /// <inheritdoc/>
    public override bool FillsBudget => false;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => [Score];

    /// <inheritdoc/>
    public override bool PerHead => options.Budget?.Heads is not null;

    /// <inheritdoc/>
    public override bool IsLossless => false;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) =>
        options.Budget is { } K ? SurvivalOfTheBest.Retain(view, Passing(view), K) : view.Held.logical_and(view.Signal(Score) > options.Threshold);

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) => options.Budget is { } K
        ? SurvivalOfTheBest.Lifetimes(view, Passing(view), K)
        : where(view.Signal(Score) > options.Threshold, full_like(view.Positions, long.MaxValue), view.Positions - 1);

    private Tensor Passing(CacheView view)
    {
        var s = view.Signal(Score);
        return s.masked_fill(s <= options.Threshold, double.NegativeInfinity);
    }
}

/// <summary>Makes <see cref="GateThreshold"/>.</summary>
public sealed class GateThresholdFactory : IComponentFactory<CachePolicy, GateThresholdOptions>
{
    /// <inheritdoc/>
    public string Name => "gate-threshold";

    /// <inheritdoc/>
    public string Description => "The entries that the layer scores above a threshold, up to a cap (MIPT, arXiv 2604.07716).";

    /// <inheritdoc/>
    public CachePolicy Create(GateThresholdOptions options, ComponentContext context) => new GateThreshold(options);
}
