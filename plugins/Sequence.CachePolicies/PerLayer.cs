using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="PerLayerFactory"/>.</summary>
public sealed record PerLayerOptions
{
    /// <summary>P policies from the first layer to the last.</summary>
    [MinLength(1)]
    public required IReadOnlyList<Component<CachePolicy>> Policies { get; init; }
}

/// <summary>
/// A policy for each stretch of layers. Where there are fewer policies than layers, each has as many as the next, one more or less:
/// <code>
/// layer l of L has policy floor(l P / L)
/// </code>
/// Depths are those of the model's blocks, whatever mixers they have. For one policy with budgets by depth (PyramidKV, arXiv 2406.02069) there is
/// <see cref="CacheBudget.Layers"/>.
/// </summary>
public sealed class PerLayerFactory : IComponentFactory<CachePolicy, PerLayerOptions>
{
    /// <inheritdoc/>
    public string Name => "per-layer";

    /// <inheritdoc/>
    public string Description => "A policy for each stretch of layers.";

    /// <inheritdoc/>
    public CachePolicy Create(PerLayerOptions options, ComponentContext context)
    {
        var (P, L) = (options.Policies.Count, Math.Max(1, context.Depth));
        if (P > L)
            throw new ArgumentException($"per-layer: {P} policies for {L} {(L == 1 ? "layer" : "layers")}. Leave some out.");
        return options.Policies[(int)((long)context.Layer * P / L)].Create(context);
    }
}
