namespace Sequence.Framework.Training;

/// <summary>A run was asked to stop; a checkpoint of its last step is written.</summary>
public sealed class RunInterruptedException(long step, long steps, string folder)
    : OperationCanceledException($"Stopped after step {step:N0} of {steps:N0}. Go on with --resume --output {folder}")
{
    /// <summary>Steps done.</summary>
    public long Step { get; } = step;
}
