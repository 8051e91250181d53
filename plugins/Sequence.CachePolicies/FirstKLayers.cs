using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="FirstKLayersFactory"/>.</summary>
public sealed record FirstKLayersOptions
{
    /// <summary>k, the layers that are treated otherwise.</summary>
    [Range(0, 1 << 20)]
    public int Layers { get; init; } = 2;

    /// <summary>The policy of those.</summary>
    [DefaultComponent("full")]
    public Component<CachePolicy> First { get; init; } = null!;

    /// <summary>The policy of the others.</summary>
    public required Component<CachePolicy> Then { get; init; }
}

/// <summary>
/// One policy for layers 0 to k - 1, another for those above: the first layers attend everywhere and are hurt most (arXiv 2406.11430).
/// Depths are those of the model's blocks, whatever mixers they have.
/// </summary>
public sealed class FirstKLayersFactory : IComponentFactory<CachePolicy, FirstKLayersOptions>
{
    /// <inheritdoc/>
    public string Name => "first-k-layers";

    /// <inheritdoc/>
    public string Description => "One policy for the first layers, another for the rest.";

    /// <inheritdoc/>
    public CachePolicy Create(FirstKLayersOptions options, ComponentContext context) =>
        (context.Layer < options.Layers ? options.First : options.Then).Create(context);
}
