using System.Diagnostics;

namespace Sequence.Framework.Training;

/// <summary>Tells an observer how far a run is, a few times a second.</summary>
internal sealed class ProgressMeter(ITrainingObserver observer, long steps)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(double Seconds, long Tokens, long Step)> _recent = new();
    private long _told;

    /// <summary>After a step; <paramref name="state"/> counts seconds of training only, so that pauses to evaluate do not bend the rates.</summary>
    /// <param name="state">After the step.</param>
    /// <param name="loss">Asked for only where it is told: it may have to be waited for.</param>
    /// <param name="learningRate">Of the step.</param>
    public void Stepped(LoopState state, Func<double> loss, double learningRate)
    {
        _recent.Enqueue((state.Seconds, state.Tokens, state.Step));
        while (_recent.Count > 2 && state.Seconds - _recent.Peek().Seconds > Window.TotalSeconds)
            _recent.Dequeue();

        if (state.Step < steps && _told != 0 && Stopwatch.GetElapsedTime(_told) < Interval)
            return;

        _told = Stopwatch.GetTimestamp();
        var first = _recent.Peek();
        var seconds = state.Seconds - first.Seconds;
        var (tokens, done) = seconds > 0 ? (state.Tokens - first.Tokens, state.Step - first.Step) : (state.Tokens, state.Step);
        seconds = seconds > 0 ? seconds : state.Seconds;
        observer.Progressed(new TrainingProgress(
            state.Step,
            steps,
            loss(),
            learningRate,
            seconds > 0 ? tokens / seconds : 0,
            TimeSpan.FromSeconds(state.Seconds),
            TimeSpan.FromSeconds(done > 0 ? (steps - state.Step) * seconds / done : 0)));
    }
}
