using Sequence.Components;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;
using Sequence.Tasks;

namespace Sequence.Framework.Training;

/// <summary>One model, one task, one seed: everything that a run is. The root of a configuration for <c>sequence train</c>.</summary>
public sealed record RunOptions
{
    /// <summary>Free text for readers.</summary>
    public string? Note { get; init; }

    /// <summary>The question.</summary>
    public required Component<ITask> Task { get; init; }

    /// <summary>The model.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Which form of a kernel runs where there are several: the fastest that takes the inputs, tensor operations always, or fused forms or an error.</summary>
    public KernelPreference Kernels { get; init; }

    /// <summary>Seed of initialisation, data order and dropout.</summary>
    public long Seed { get; init; } = 1;
}
