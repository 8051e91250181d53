namespace Sequence.Framework.Scans;

/// <summary>A schedule would change the result of a scan: the operator does not promise what the schedule relies on.</summary>
/// <param name="message">Which operator and schedule, and what is allowed.</param>
public sealed class ScanScheduleException(string message) : ArgumentException(message);
