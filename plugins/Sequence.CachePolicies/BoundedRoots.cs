using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>Options of <see cref="BoundedRoots"/>.</summary>
public sealed record BoundedRootsOptions
{
    /// <summary>R.</summary>
    [Range(1, 32)]
    public int Roots { get; init; } = 4;

    /// <summary>The precision that they are held in; null for the one that the layer computes in.</summary>
    public Precision? Storage { get; init; }
}

/// <summary>
/// A prefix scan that forgets: at most R roots are held, of 1, 2, 4, ... 2^(R - 1) chunks, so that its state is bounded where it grew with log T.
/// <code>
/// remembered after n whole chunks     n                                     n &lt; 2^R
///                                     2^(R - 1) + n mod 2^(R - 1)           else: the last ones
/// </code>
/// A prompt is read whole; what it leaves is bounded.
/// </summary>
public sealed class BoundedRoots(BoundedRootsOptions options) : StatePolicy
{
    /// <inheritdoc/>
    public override int? Roots => options.Roots;

    /// <inheritdoc/>
    public override ScalarType? Storage => options.Storage is { } precision ? new StatePrecision(precision).Storage : null;
}

/// <summary>Makes <see cref="BoundedRoots"/>.</summary>
public sealed class BoundedRootsFactory : IComponentFactory<StatePolicy, BoundedRootsOptions>
{
    /// <inheritdoc/>
    public string Name => "bounded-roots";

    /// <inheritdoc/>
    public string Description => "Holds at most so many roots of a prefix scan.";

    /// <inheritdoc/>
    public StatePolicy Create(BoundedRootsOptions options, ComponentContext context) => new BoundedRoots(options);
}
