using System.ComponentModel.DataAnnotations;
using Sequence.Framework.Models;

namespace Sequence.Framework.Training;

/// <summary>How a model is trained: the section <c>training</c> of a configuration. AdamW, linear warm-up, cosine decay, clipped gradients.</summary>
public sealed record TrainingOptions
{
    /// <summary>Free text for readers: why a value is what it is.</summary>
    public string? Note { get; init; }

    /// <summary>Passes over the training examples. Ignored where <see cref="Steps"/> is given.</summary>
    [Range(0.001, 100_000)]
    public double Epochs { get; init; } = 1;

    /// <summary>Optimizer steps; null to train for <see cref="Epochs"/>.</summary>
    [Range(1, int.MaxValue)]
    public int? Steps { get; init; }

    /// <summary>Examples a step. Batches are formed from examples of similar length.</summary>
    [Range(1, 1 << 20)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Peak learning rate.</summary>
    [Range(1e-9, 10)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Learning rate at the end of the cosine, as a fraction of the peak.</summary>
    [Range(0.0, 1.0)]
    public double FinalLearningRate { get; init; } = 0.1;

    /// <summary>Steps of linear warm-up, as a fraction of all steps.</summary>
    [Range(0.0, 1.0)]
    public double Warmup { get; init; } = 0.05;

    /// <summary>Decoupled weight decay, on parameters of two or more dimensions: matrices and embeddings, not norms, biases or other vectors and scalars.</summary>
    [Range(0.0, 10)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>First moment's decay.</summary>
    [Range(0.0, 0.99999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Second moment's decay.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Largest norm of the gradient; 0 for no clipping.</summary>
    [Range(0.0, 1e9)]
    public double ClipNorm { get; init; } = 1;

    /// <summary>Steps between evaluations on the validation examples; null for once a pass (and at the end).</summary>
    [Range(1, int.MaxValue)]
    public int? EvaluateEvery { get; init; }

    /// <summary>Evaluations without a better value of the first metric before training stops; null to train to the end.</summary>
    [Range(1, int.MaxValue)]
    public int? Patience { get; init; }

    /// <summary>Steps between checkpoints to resume from.</summary>
    [Range(1, int.MaxValue)]
    public int CheckpointEvery { get; init; } = 200;

    /// <summary>How products are computed; in each, weights, gradients, moments and states are in float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>Threads of the tensor library; null for one a processor. Recorded, and kept on resume: sums depend on it.</summary>
    [Range(1, 4_096)]
    public int? Threads { get; init; }
}
