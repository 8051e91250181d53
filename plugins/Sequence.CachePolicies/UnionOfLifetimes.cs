using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>
/// A <see cref="Union"/> that goes token by token, because all of its policies do and none has a ratio for a budget: without room that grows, what one of
/// them has dropped does not come back to it, though another still holds it.
/// <code>
/// lifetime_j = max(lifetime^1_j, lifetime^2_j, ...)            [B, Hkv or 1, n]
/// </code>
/// </summary>
public sealed class UnionOfLifetimes(Union union, IReadOnlyList<ILifetimePolicy> policies) : CachePolicy, ILifetimePolicy
{
    /// <inheritdoc/>
    public override CacheBudget? Budget => union.Budget;

    /// <inheritdoc/>
    public override IReadOnlyList<CacheBudget> Budgets => union.Budgets;

    /// <inheritdoc/>
    public override bool FillsBudget => union.FillsBudget;

    /// <inheritdoc/>
    public override bool KeepsAll => union.KeepsAll;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => union.Signals;

    /// <inheritdoc/>
    public override bool PerHead => union.PerHead;

    /// <inheritdoc/>
    public override EntryPositions Positions => union.Positions;

    /// <inheritdoc/>
    public override EntryStorage Storage => union.Storage;

    /// <inheritdoc/>
    public override bool IsLossless => union.IsLossless;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => union.Retain(view);

    /// <inheritdoc/>
    public override Tensor? Bound(CacheView view) => union.Bound(view);

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) => policies.Select(policy => policy.Lifetimes(view)).Aggregate((one, other) => one.maximum(other));
}
