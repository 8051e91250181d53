using System.Globalization;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Sequence.Harness.Reports;

namespace Sequence.Cli.Progress;

/// <summary>Progress in words.</summary>
internal static class ProgressText
{
    /// <summary>Loss, speed and time left.</summary>
    public static string Of(TrainingProgress progress) => string.Create(CultureInfo.InvariantCulture,
        $"loss {progress.Loss:0.0000}  {progress.TokensPerSecond:N0} tokens/s  {Amount.Time(progress.Remaining)} left");

    /// <summary>An evaluation.</summary>
    public static string Of(Evaluation evaluation)
    {
        var metrics = string.Concat(evaluation.Metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"  {metric.Key} {metric.Value:0.0000}")));
        return string.Create(CultureInfo.InvariantCulture,
            $"step {evaluation.Step:N0}  {evaluation.Split} loss {evaluation.Loss:0.0000}{metrics}{(evaluation.Best ? "  (best so far)" : "")}");
    }

    /// <summary>How a cell ended.</summary>
    public static string Of(Cell cell) => cell switch
    {
        { Status: CellStatus.Failed } => $"failed: {cell.Reason}",
        { Result: { } result } => $"done in {Amount.Time(TimeSpan.FromSeconds(result.TrainingSeconds))} of training",
        _ => cell.Status.ToString().ToLowerInvariant(),
    };
}
