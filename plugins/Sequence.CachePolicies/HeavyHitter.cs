using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="HeavyHitter"/>.</summary>
public sealed record HeavyHitterOptions
{
    /// <summary>R, the entries of a head, heavy and recent together.</summary>
    public CacheBudget Budget { get; init; } = CacheBudget.Of(256);

    /// <summary>The part of R that is kept for the last entries.</summary>
    [Range(0.0, 1.0)]
    public double Recent { get; init; } = 0.5;
}

/// <summary>
/// The entries that have drawn most attention, and the last ones (H2O: Zhang et al. 2023, arXiv 2306.14048).
/// <code>
/// m_j  = sum over the queries i so far, and the query heads of the key-value head, of softmax_j(q_i . k_j / sqrt(K))      [B, Hkv, n]
/// held = the last floor(c R) entries, and of the others those of largest m                                              R in all
/// </code>
/// Decided once a call, head by head: a prompt is read whole, then R of its entries stay.
/// </summary>
public sealed class HeavyHitter(HeavyHitterOptions options) : CachePolicy
{
    private static readonly EntrySignal Mass = new EntrySignal.Attention(Queries: null, Accumulates: true);

    /// <inheritdoc/>
    public override CacheBudget Budget => options.Budget;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => [Mass];

    /// <inheritdoc/>
    public override bool PerHead => true;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view)
    {
        var R = view.Room(options.Budget);
        var recent = (R.to(float64) * options.Recent).floor().to(int64);
        return view.Top(view.Signal(Mass).masked_fill(view.Positions >= view.Seen - recent, double.PositiveInfinity), R);
    }
}

/// <summary>Makes <see cref="HeavyHitter"/>.</summary>
public sealed class HeavyHitterFactory : IComponentFactory<CachePolicy, HeavyHitterOptions>
{
    /// <inheritdoc/>
    public string Name => "heavy-hitter";

    /// <inheritdoc/>
    public string Description => "What has drawn most attention, and the last entries, H2O (arXiv 2306.14048).";

    /// <inheritdoc/>
    public CachePolicy Create(HeavyHitterOptions options, ComponentContext context) => new HeavyHitter(options);
}
