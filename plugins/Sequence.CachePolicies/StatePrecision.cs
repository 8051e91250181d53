using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.CachePolicies;

/// <summary>The precision that states are held in.</summary>
public enum Precision
{
    /// <summary>float32.</summary>
    Fp32,

    /// <summary>bfloat16.</summary>
    Bf16,
}

/// <summary>Options of <see cref="StatePrecision"/>.</summary>
public sealed record StatePrecisionOptions
{
    /// <summary>The precision.</summary>
    public Precision Storage { get; init; } = Precision.Bf16;
}

/// <summary>
/// States in another precision between calls. Within a call they are what the layer computes in, so that a prompt is rounded once, a generated token each time.
/// <code>
/// s_(t+) = round(s_t)
/// </code>
/// </summary>
public sealed class StatePrecision(Precision precision) : StatePolicy
{
    /// <inheritdoc/>
    public override ScalarType? Storage => precision == Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
}

/// <summary>Makes <see cref="StatePrecision"/>.</summary>
public sealed class StatePrecisionFactory : IComponentFactory<StatePolicy, StatePrecisionOptions>
{
    /// <inheritdoc/>
    public string Name => "precision";

    /// <inheritdoc/>
    public string Description => "Holds states of recurrences and prefix scans in fp32 or bf16 between calls.";

    /// <inheritdoc/>
    public StatePolicy Create(StatePrecisionOptions options, ComponentContext context) => new StatePrecision(options.Storage);
}
