using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>A <see cref="Quantized"/> policy that goes token by token, because what it is around does. Lifetimes are that one's.</summary>
public sealed class QuantizedLifetimes(Quantized quantized, ILifetimePolicy lifetimes) : CachePolicy, ILifetimePolicy
{
    /// <inheritdoc/>
    public override CacheBudget? Budget => quantized.Budget;

    /// <inheritdoc/>
    public override IReadOnlyList<CacheBudget> Budgets => quantized.Budgets;

    /// <inheritdoc/>
    public override bool KeepsAll => quantized.KeepsAll;

    /// <inheritdoc/>
    public override bool FillsBudget => quantized.FillsBudget;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => quantized.Signals;

    /// <inheritdoc/>
    public override bool PerHead => quantized.PerHead;

    /// <inheritdoc/>
    public override EntryPositions Positions => quantized.Positions;

    /// <inheritdoc/>
    public override EntryStorage Storage => quantized.Storage;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => quantized.Retain(view);

    /// <inheritdoc/>
    public override Tensor? Bound(CacheView view) => quantized.Bound(view);

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) => lifetimes.Lifetimes(view);
}
