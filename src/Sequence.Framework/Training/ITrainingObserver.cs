namespace Sequence.Framework.Training;

/// <summary>Watches a run: progress bars, plain lines, logs. Called on the training thread; must not throw.</summary>
public interface ITrainingObserver
{
    /// <summary>Something worth one line: the resolved threads, the kernel form in use, a resumed checkpoint, a slow BLAS.</summary>
    void Note(string message);

    /// <summary>After steps, a few times a second at most.</summary>
    void Progressed(TrainingProgress progress);

    /// <summary>After an evaluation.</summary>
    void Evaluated(Evaluation evaluation);
}

/// <summary>How far a run is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps planned.</param>
/// <param name="Loss">Loss of the last step, nats a target.</param>
/// <param name="LearningRate">Learning rate of the last step.</param>
/// <param name="TokensPerSecond">Real (unpadded) tokens trained on, a second, over the last few seconds.</param>
/// <param name="Elapsed">Time spent training, earlier parts of a resumed run included.</param>
/// <param name="Remaining">Expected time to the last planned step.</param>
public sealed record TrainingProgress(
    long Step, long Steps, double Loss, double LearningRate, double TokensPerSecond, TimeSpan Elapsed, TimeSpan Remaining);

/// <summary>One evaluation of a split.</summary>
/// <param name="Step">Steps done before it.</param>
/// <param name="Split">"validation" or "test".</param>
/// <param name="Loss">Mean cross-entropy, nats a target.</param>
/// <param name="Metrics">Values by metric name, in the task's order.</param>
/// <param name="Best">Whether this is the best validation value so far.</param>
public sealed record Evaluation(long Step, string Split, double Loss, IReadOnlyDictionary<string, double> Metrics, bool Best)
{
    /// <summary>Curves by metric name, of those metrics that are known along an axis; empty where none is.</summary>
    public IReadOnlyDictionary<string, MetricCurve> Curves { get; init; } = new Dictionary<string, MetricCurve>();

    /// <summary>What parts of the model noted of the sequences, as means: slots of a cache that were used, say. Empty where none did.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();
}
