using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>A mixer that the host runs as a scan, and so in more than one way. All ways compute the same function and the same gradients.</summary>
public interface IScheduledMixer
{
    /// <summary>How <c>Forward</c> is computed; <see cref="ScanSchedule.Auto"/> unless set.</summary>
    /// <exception cref="ScanScheduleException">Set to what is not among <see cref="Schedules"/>.</exception>
    ScanSchedule Schedule { get; set; }

    /// <summary>What is run.</summary>
    ScanLayer Layer { get; }

    /// <summary>What it may be set to.</summary>
    IReadOnlyList<ScanSchedule> Schedules { get; }
}
