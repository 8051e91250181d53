namespace Sequence.Framework.Training;

/// <summary>The loss or the gradient became NaN or infinite, and the run stopped before it could spoil the parameters.</summary>
public sealed class TrainingDivergedException(long step, string what, string where, string? checkpoint) : Exception(
    $"Training diverged at step {step:N0}: {what}. {where} "
    + (checkpoint is null ? "There is no checkpoint yet. " : $"The last good checkpoint is {checkpoint}. ")
    + "A lower learning rate, a longer warm-up or a smaller clipping norm usually helps.")
{
    /// <summary>The step that was not done, from 1.</summary>
    public long Step { get; } = step;

    /// <summary>Which part of the model it came from.</summary>
    public string Where { get; } = where;

    /// <summary>Folder of the last checkpoint before it; null where there is none.</summary>
    public string? Checkpoint { get; } = checkpoint;
}
