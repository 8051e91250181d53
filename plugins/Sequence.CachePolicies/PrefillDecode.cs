using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="PrefillDecode"/>.</summary>
public sealed record PrefillDecodeOptions
{
    /// <summary>What stays of a prompt.</summary>
    public required Component<CachePolicy> Prefill { get; init; }

    /// <summary>What stays after each token that is taken alone.</summary>
    public required Component<CachePolicy> Decode { get; init; }
}

/// <summary>
/// One policy after calls of several tokens, another after calls of one: other rules, or the same rule with another budget.
/// <code>
/// held = held^prefill where the call took in more than one token, else held^decode
/// </code>
/// Decided once a call, also where both go token by token: what is held depends on how a sequence is cut.
/// </summary>
public sealed class PrefillDecode(CachePolicy prefill, CachePolicy decode) : CachePolicy
{
    /// <summary>That of both, where they have the same; null otherwise, for then what is held depends on the call: see <see cref="Bound"/>.</summary>
    public override CacheBudget? Budget => Equals(prefill.Budget, decode.Budget) ? decode.Budget : null;

    /// <inheritdoc/>
    public override IReadOnlyList<CacheBudget> Budgets => [.. prefill.Budgets, .. decode.Budgets];

    /// <inheritdoc/>
    public override bool KeepsAll => prefill.KeepsAll && decode.KeepsAll;

    /// <inheritdoc/>
    public override bool FillsBudget => false;

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => [.. prefill.Signals.Concat(decode.Signals).Distinct()];

    /// <inheritdoc/>
    public override bool PerHead => prefill.PerHead || decode.PerHead;

    /// <inheritdoc/>
    public override EntryPositions Positions => decode.Positions;

    /// <inheritdoc/>
    public override EntryStorage Storage => decode.Storage;

    /// <inheritdoc/>
    public override bool IsLossless => prefill.IsLossless && decode.IsLossless;

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => Now(view).Retain(view);

    /// <inheritdoc/>
    public override Tensor? Bound(CacheView view) => Now(view).Bound(view);

    private CachePolicy Now(CacheView view) => view.IsPrefill ? prefill : decode;
}

/// <summary>Makes <see cref="PrefillDecode"/>.</summary>
public sealed class PrefillDecodeFactory : IComponentFactory<CachePolicy, PrefillDecodeOptions>
{
    /// <inheritdoc/>
    public string Name => "prefill-decode";

    /// <inheritdoc/>
    public string Description => "One policy after prompts, another after single tokens.";

    /// <inheritdoc/>
    public CachePolicy Create(PrefillDecodeOptions options, ComponentContext context)
    {
        var (prefill, decode) = (options.Prefill.Create(context), options.Decode.Create(context));
        Agreement.Require(Name, [prefill, decode]);
        return new PrefillDecode(prefill, decode);
    }
}
