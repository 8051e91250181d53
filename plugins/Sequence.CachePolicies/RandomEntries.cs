using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="RandomEntries"/>.</summary>
public sealed record RandomEntriesOptions
{
    /// <summary>R, the entries held.</summary>
    public CacheBudget Budget { get; init; } = CacheBudget.Of(256);

    /// <summary>What is drawn from; layers draw their own.</summary>
    public long Seed { get; init; }

    /// <summary>Whether heads draw for themselves.</summary>
    public bool PerHead { get; init; }
}

/// <summary>
/// A sample of what was seen, every token as likely as any other (reservoir sampling: Vitter 1985). The baseline that a policy with an idea has to beat.
/// <code>
/// u_j ~ uniform in [0, 1), drawn once            [B, Hkv or 1, n]
/// held_i = the R entries j &lt;= i of largest u_j
/// </code>
/// </summary>
public sealed class RandomEntries(RandomEntriesOptions options, int layer) : CachePolicy, ILifetimePolicy
{
    private readonly EntrySignal _noise = new EntrySignal.Noise(unchecked(options.Seed * 1_000_003 + layer));

    /// <inheritdoc/>
    public override CacheBudget Budget => options.Budget;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => [_noise];

    /// <inheritdoc/>
    public override bool PerHead => options.PerHead || options.Budget.Heads is not null;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => SurvivalOfTheBest.Retain(view, view.Signal(_noise), options.Budget);

    /// <inheritdoc/>
    public Tensor Lifetimes(CacheView view) => SurvivalOfTheBest.Lifetimes(view, view.Signal(_noise), options.Budget);
}

/// <summary>Makes <see cref="RandomEntries"/>.</summary>
public sealed class RandomEntriesFactory : IComponentFactory<CachePolicy, RandomEntriesOptions>
{
    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public string Description => "Entries drawn by chance: the baseline.";

    /// <inheritdoc/>
    public CachePolicy Create(RandomEntriesOptions options, ComponentContext context) => new RandomEntries(options, context.Layer);
}
