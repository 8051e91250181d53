using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Kernels.Registry;
using Sequence.Tasks;

namespace Sequence.Harness.Comparisons;

/// <summary>Models times seeds on one task: the root of a configuration for <c>sequence compare</c>.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Free text for readers.</summary>
    public string? Note { get; init; }

    /// <summary>The question asked of every model.</summary>
    public required Component<ITask> Task { get; init; }

    /// <summary>The models, by the names they have in the report.</summary>
    [MinLength(1)]
    public required IReadOnlyDictionary<string, ModelEntry> Models { get; init; }

    /// <summary>Each model is trained once with each.</summary>
    [MinLength(1)]
    public IReadOnlyList<long> Seeds { get; init; } = [1];

    /// <summary>Which form of a kernel runs where there are several, in every model: the fastest that takes the inputs, tensor operations always, or fused forms or an error.</summary>
    public KernelPreference Kernels { get; init; }

    /// <summary>How every model is trained.</summary>
    public TrainingOptions Training { get; init; } = new();
}

/// <summary>One model of a comparison.</summary>
public sealed record ModelEntry
{
    /// <summary>Free text for readers.</summary>
    public string? Note { get; init; }

    /// <summary>The model.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>What differs, for this model, from how the others are trained: a learning rate of its own, say. Keys not given are the comparison's.</summary>
    public TrainingOptions? Training { get; init; }
}
