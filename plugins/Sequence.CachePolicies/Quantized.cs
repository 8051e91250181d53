using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>What keys and values are rounded to.</summary>
public enum Rounding
{
    /// <summary>Eight bits, one float32 scale an entry and head.</summary>
    Int8,

    /// <summary>bfloat16.</summary>
    Bf16,
}

/// <summary>Options of <see cref="Quantized"/>.</summary>
public sealed record QuantizedOptions
{
    /// <summary>What entries are rounded to.</summary>
    public Rounding Storage { get; init; } = Rounding.Int8;

    /// <summary>Which of them stay.</summary>
    [DefaultComponent("full")]
    public Component<CachePolicy> Policy { get; init; } = null!;
}

/// <summary>
/// The entries that another policy keeps, rounded.
/// <code>
/// k ~ s round(k / s),  s = max |k| / 127            [K], one s an entry and head; likewise v (int8)
/// </code>
/// </summary>
public sealed class Quantized(CachePolicy policy, Rounding rounding) : CachePolicy
{
    /// <inheritdoc/>
    public override CacheBudget? Budget => policy.Budget;

    /// <inheritdoc/>
    public override IReadOnlyList<CacheBudget> Budgets => policy.Budgets;

    /// <inheritdoc/>
    public override bool KeepsAll => policy.KeepsAll;

    /// <inheritdoc/>
    public override bool FillsBudget => policy.FillsBudget;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => policy.Signals;

    /// <inheritdoc/>
    public override bool PerHead => policy.PerHead;

    /// <inheritdoc/>
    public override EntryPositions Positions => policy.Positions;

    /// <inheritdoc/>
    public override EntryStorage Storage => rounding == Rounding.Int8 ? EntryStorage.Int8 : EntryStorage.BFloat16;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => policy.Retain(view);

    /// <inheritdoc/>
    public override Tensor? Bound(CacheView view) => policy.Bound(view);
}

/// <summary>Makes <see cref="Quantized"/>, or <see cref="QuantizedLifetimes"/> around a policy that has lifetimes.</summary>
public sealed class QuantizedFactory : IComponentFactory<CachePolicy, QuantizedOptions>
{
    /// <inheritdoc/>
    public string Name => "quantized";

    /// <inheritdoc/>
    public string Description => "What another policy keeps, in int8 or bfloat16.";

    /// <inheritdoc/>
    public CachePolicy Create(QuantizedOptions options, ComponentContext context)
    {
        var policy = options.Policy.Create(context);
        if (policy.Storage != EntryStorage.Full)
            throw new ArgumentException($"quantized: \"{options.Policy.Name}\" rounds its entries already. Leave one of the two out.");
        var quantized = new Quantized(policy, options.Storage);
        return policy is ILifetimePolicy lifetimes ? new QuantizedLifetimes(quantized, lifetimes) : quantized;
    }
}
