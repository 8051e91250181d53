using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="Union"/>.</summary>
public sealed record UnionOptions
{
    /// <summary>The policies, one or more.</summary>
    [MinLength(1)]
    public required IReadOnlyList<Component<CachePolicy>> Policies { get; init; }
}

/// <summary>
/// What any of several policies keeps, such as a window and what a gate scores highest.
/// <code>
/// held = held^1 + held^2 + ...
/// </code>
/// As many entries as all of them may hold together, at most. Each of them chooses among what the union holds. Under a ratio room grows, and what one of them had
/// dropped may come back to it because another still held it: how a sequence is cut would tell, and such a union decides once a call.
/// </summary>
public sealed class Union(IReadOnlyList<CachePolicy> policies) : CachePolicy
{
    /// <summary>That of all together, where each is a number of tokens alike for all layers and heads; null otherwise.</summary>
    public override CacheBudget? Budget => policies.All(policy => policy.Budget is { Tokens: not null, Layers: null, Heads: null })
        ? CacheBudget.Of(policies.Sum(policy => policy.Budget!.Tokens!.Value))
        : null;

    /// <inheritdoc/>
    public override IReadOnlyList<CacheBudget> Budgets => [.. policies.SelectMany(policy => policy.Budgets)];

    /// <inheritdoc/>
    public override bool FillsBudget => false;

    /// <inheritdoc/>
    public override bool KeepsAll => policies.Any(policy => policy.KeepsAll);

    /// <inheritdoc/>
    public override IReadOnlyList<EntrySignal> Signals => [.. policies.SelectMany(policy => policy.Signals).Distinct()];

    /// <inheritdoc/>
    public override bool PerHead => policies.Any(policy => policy.PerHead);

    /// <inheritdoc/>
    public override EntryPositions Positions => policies[0].Positions;

    /// <inheritdoc/>
    public override EntryStorage Storage => policies[0].Storage;

    /// <inheritdoc/>
    public override bool IsLossless => policies.Any(policy => policy is { KeepsAll: true, IsLossless: true });

    /// <inheritdoc/>
    public override Tensor Retain(CacheView view) => policies.Select(policy => policy.Retain(view)).Aggregate((one, other) => one.logical_or(other));

    /// <inheritdoc/>
    public override Tensor? Bound(CacheView view) => policies.Select(policy => policy.Bound(view)).Aggregate((one, other) => one is null || other is null ? null : one + other);
}

/// <summary>Makes <see cref="Union"/>, or <see cref="UnionOfLifetimes"/> of policies that all have lifetimes and none of which has a ratio for a budget.</summary>
public sealed class UnionFactory : IComponentFactory<CachePolicy, UnionOptions>
{
    /// <inheritdoc/>
    public string Name => "union";

    /// <inheritdoc/>
    public string Description => "What any of several policies keeps.";

    /// <inheritdoc/>
    public CachePolicy Create(UnionOptions options, ComponentContext context)
    {
        CachePolicy[] policies = [.. options.Policies.Select(policy => policy.Create(context))];
        Agreement.Require(Name, policies);
        var union = new Union(policies);
        return policies.All(policy => policy is ILifetimePolicy && policy.Budgets.All(budget => budget.Ratio is null))
            ? new UnionOfLifetimes(union, [.. policies.Cast<ILifetimePolicy>()])
            : union;
    }
}
