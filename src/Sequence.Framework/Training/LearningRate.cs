namespace Sequence.Framework.Training;

/// <summary>
/// Linear warm-up over the first W of S steps, then a half cosine from the peak to its final fraction f:
/// <code>
/// rate(s) = peak (s + 1) / W                                              s &lt; W
/// rate(s) = peak (f + (1 - f) (1 + cos(pi (s - W) / (S - W))) / 2)        otherwise
/// </code>
/// A function of the step alone, so a checkpoint need not hold it.
/// </summary>
internal sealed class LearningRate(TrainingOptions options, long steps)
{
    private readonly long _warmup = (long)Math.Round(options.Warmup * steps);

    /// <summary>The rate of step <paramref name="step"/>, from 0.</summary>
    public double At(long step)
    {
        if (step < _warmup)
            return options.LearningRate * (step + 1) / _warmup;

        var progress = (double)(step - _warmup) / Math.Max(1, steps - _warmup);
        return options.LearningRate * (options.FinalLearningRate + (1 - options.FinalLearningRate) * (1 + Math.Cos(Math.PI * progress)) / 2);
    }
}
