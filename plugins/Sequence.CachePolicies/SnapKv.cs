using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>How attention is spread over neighbours before it is compared.</summary>
public enum Pooling
{
    /// <summary>The mean of the places around, those beyond the ends being zero.</summary>
    Average,

    /// <summary>The largest of the places around.</summary>
    Max,
}

/// <summary>Options of <see cref="SnapKv"/>.</summary>
public sealed record SnapKvOptions : IValidatableObject
{
    /// <summary>R, the entries of a head that are left of a prompt, its last queries' own among them.</summary>
    public CacheBudget Budget { get; init; } = CacheBudget.Of(256);

    /// <summary>w, the last queries of a prompt, whose attention is observed.</summary>
    [Range(1, 1 << 20)]
    public int Window { get; init; } = 32;

    /// <summary>c, the places that are pooled; odd.</summary>
    [Range(1, 1_023)]
    public int Kernel { get; init; } = 7;

    /// <summary>How they are.</summary>
    public Pooling Pooling { get; init; } = Pooling.Max;

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Kernel % 2 == 0)
            yield return new ValidationResult($"{Kernel} places have no middle: an odd number.", [nameof(Kernel)]);
    }
}

/// <summary>
/// What the end of a prompt looks at, chosen once when the prompt has been read (SnapKV: Li et al. 2024, arXiv 2404.14469).
/// <code>
/// a_j  = sum over the last w queries of the prompt, and the query heads of the key-value head, of softmax_j(q_i . k_j / sqrt(K))     [B, Hkv, n]
/// p_j  = pool of a over the c places around j
/// held = the last w entries, and of the others those of largest p                                                               R in all
/// </code>
/// What is generated afterwards is kept, all of it, as in the paper: the budget holds after prompts alone. For a bound in decoding too, make it the
/// first half of <see cref="PrefillDecode"/>.
/// </summary>
public sealed class SnapKv(SnapKvOptions options) : CachePolicy
{
    private readonly EntrySignal _observed = new EntrySignal.Attention(options.Window, Accumulates: false);

    /// <inheritdoc/>
    public override IReadOnlyList<CacheBudget> Budgets => [options.Budget];

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => [_observed];

    /// <inheritdoc/>
    public override bool PerHead => true;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view)
    {
        if (!view.IsPrefill)
            return view.Held;
        var R = view.Room(options.Budget);
        var pooled = Pool(view.Signal(_observed).masked_fill(view.Held.logical_not(), 0));
        return view.Top(pooled.masked_fill(view.Positions >= view.Seen - R.clamp_max(options.Window), double.PositiveInfinity), R);
    }

    /// <inheritdoc/>
    public override Tensor? Bound(CacheView view) => view.IsPrefill ? view.Room(options.Budget) : null;

    private Tensor Pool(Tensor a) => options.Pooling == Pooling.Max
        ? nn.functional.max_pool1d(a, options.Kernel, stride: 1, padding: options.Kernel / 2)
        : nn.functional.avg_pool1d(a, options.Kernel, stride: 1, padding: options.Kernel / 2);
}

/// <summary>Makes <see cref="SnapKv"/>.</summary>
public sealed class SnapKvFactory : IComponentFactory<CachePolicy, SnapKvOptions>
{
    /// <inheritdoc/>
    public string Name => "snapkv";

    /// <inheritdoc/>
    public string Description => "Of a prompt, what its last queries attend to; all that is generated (arXiv 2404.14469).";

    /// <inheritdoc/>
    public CachePolicy Create(SnapKvOptions options, ComponentContext context) => new SnapKv(options);
}
