namespace Sequence.Framework.Training;

/// <summary>
/// Where the loop stands after a step: what a checkpoint keeps beside the tensors. The order of data, the learning rate and the random
/// numbers of a step are functions of the seed and the step, so they are not here.
/// </summary>
internal sealed record LoopState
{
    /// <summary>Steps done.</summary>
    public long Step { get; init; }

    /// <summary>The last step after which the validation examples were evaluated.</summary>
    public long EvaluatedStep { get; init; }

    /// <summary>The best evaluation; null before the first.</summary>
    public Evaluation? Best { get; init; }

    /// <summary>Evaluations since the best.</summary>
    public int EvaluationsWithoutBetter { get; init; }

    /// <summary>Real tokens trained on.</summary>
    public long Tokens { get; init; }

    /// <summary>Seconds of training, evaluations and checkpoints excluded.</summary>
    public double Seconds { get; init; }

    /// <summary>Largest memory so far, over all parts of the run.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>Threads of the tensor library; sums depend on them.</summary>
    public int Threads { get; init; }

    /// <summary>Bytes of <c>metrics.jsonl</c> that belong to the steps done.</summary>
    public long MetricsLength { get; init; }
}
