using Sequence.Framework.Models;

namespace Sequence.Framework.Training;

/// <summary>What a finished run found; written as <c>result.json</c>.</summary>
public sealed record RunResult
{
    /// <summary>Steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>Step of the chosen checkpoint: the best on the validation examples.</summary>
    public required long BestStep { get; init; }

    /// <summary>Evaluation that chose the checkpoint.</summary>
    public required Evaluation Validation { get; init; }

    /// <summary>The one evaluation on the test examples, by the chosen checkpoint.</summary>
    public required Evaluation Test { get; init; }

    /// <summary>Trained scalars, shared ones counted once.</summary>
    public required long Parameters { get; init; }

    /// <summary>How products were computed, in training and in both evaluations.</summary>
    public Precision Precision { get; init; }

    /// <summary>How each mixer, the loss and the optimizer computed what they have kernels for; one entry for those that are alike.</summary>
    public IReadOnlyList<PartForm> Forms { get; init; } = [];

    /// <summary>Whether the model's read-out looks at every position, and not at the last one alone.</summary>
    public bool SeesWholeSequence { get; init; }

    /// <summary>Real (unpadded) tokens trained on, a second of training.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Seconds of training, evaluations excluded.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>Largest resident memory of the process during the run (CPU), or largest device memory allocated (CUDA), in bytes.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>State bytes of one row after <see cref="StateTokens"/> tokens, summed over the mixers.</summary>
    public required long StateBytes { get; init; }

    /// <summary>Tokens at which <see cref="StateBytes"/> was counted: the longest training example.</summary>
    public required long StateTokens { get; init; }
}
