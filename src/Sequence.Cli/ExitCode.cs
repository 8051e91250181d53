namespace Sequence.Cli;

/// <summary>What the command tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>It did what was asked.</summary>
    public const int Success = 0;

    /// <summary>It tried and failed: training diverged, a cell failed, it was interrupted.</summary>
    public const int Failure = 1;

    /// <summary>What was asked cannot be done: usage, configuration, a missing file or device. Nothing was trained.</summary>
    public const int BadInput = 2;
}
