using System.Globalization;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;

namespace Sequence.Cli.Progress;

/// <summary>Lines without escape codes, for pipes and files: one every few seconds, and one an evaluation.</summary>
internal sealed class PlainProgress(TextWriter writer, TimeProvider time) : IProgressView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public T Watch<T>(Func<T> work) => work();

    public ITrainingObserver Begin(Cell cell) => new Lines(cell, writer, time);

    public void End(Cell cell) => writer.WriteLine($"{cell}: {ProgressText.Of(cell)}");

    private sealed class Lines(Cell cell, TextWriter writer, TimeProvider time) : ITrainingObserver
    {
        private long _last = time.GetTimestamp();

        public void Note(string message) => writer.WriteLine($"{cell}: {message}");

        public void Progressed(TrainingProgress progress)
        {
            if (time.GetElapsedTime(_last) < Interval)
                return;

            _last = time.GetTimestamp();
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cell}: step {progress.Step:N0} of {progress.Steps:N0}  {ProgressText.Of(progress)}"));
        }

        public void Evaluated(Evaluation evaluation) => writer.WriteLine($"{cell}: {ProgressText.Of(evaluation)}");
    }
}
