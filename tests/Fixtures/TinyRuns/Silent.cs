using Sequence.Framework.Training;

namespace Sequence.Fixtures.TinyRuns;

/// <summary>Keeps what it is told; may act on progress.</summary>
public sealed class Silent(Action<TrainingProgress>? progressed = null) : ITrainingObserver
{
    public List<string> Notes { get; } = [];

    public List<TrainingProgress> Progress { get; } = [];

    public List<Evaluation> Evaluations { get; } = [];

    public void Note(string message) => Notes.Add(message);

    public void Progressed(TrainingProgress progress)
    {
        Progress.Add(progress);
        progressed?.Invoke(progress);
    }

    public void Evaluated(Evaluation evaluation) => Evaluations.Add(evaluation);
}
