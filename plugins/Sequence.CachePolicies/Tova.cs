using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="Tova"/>.</summary>
public sealed record TovaOptions
{
    /// <summary>R, the entries held.</summary>
    public CacheBudget Budget { get; init; } = CacheBudget.Of(256);

    /// <summary>Whether heads decide for themselves; the paper averages over them, so that a token stays for all or for none.</summary>
    public bool PerHead { get; init; }
}

/// <summary>
/// Token omission via attention: what the last query looks at least is dropped, however old it is (Oren et al. 2024, arXiv 2401.06104).
/// <code>
/// a_j  = sum over heads of softmax_j(q_i . k_j / sqrt(K)), i the last query of the call            [B, 1, n]
/// held = the R entries of largest a
/// </code>
/// Decided once a call: a prompt is read whole, and its last query chooses among all of it.
/// </summary>
public sealed class Tova(TovaOptions options) : CachePolicy
{
    private static readonly EntrySignal LastLook = new EntrySignal.Attention(Queries: 1, Accumulates: false);

    /// <inheritdoc/>
    public override CacheBudget Budget => options.Budget;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => [LastLook];

    /// <inheritdoc/>
    public override bool PerHead => options.PerHead || options.Budget.Heads is not null;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view)
    {
        var a = view.Signal(LastLook);
        return view.Top(PerHead ? a : a.sum(1, keepdim: true), view.Room(options.Budget));
    }
}

/// <summary>Makes <see cref="Tova"/>.</summary>
public sealed class TovaFactory : IComponentFactory<CachePolicy, TovaOptions>
{
    /// <inheritdoc/>
    public string Name => "tova";

    /// <inheritdoc/>
    public string Description => "What the last query attends to most, all heads together (arXiv 2401.06104).";

    /// <inheritdoc/>
    public CachePolicy Create(TovaOptions options, ComponentContext context) => new Tova(options);
}
