using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>Which schedules an algebra allows.</summary>
public static class Schedules
{
    /// <summary>Whether <paramref name="schedule"/> gives the result that the operator means.</summary>
    public static bool Allows(this Algebra algebra, ScanSchedule schedule) =>
        algebra.HasFlag(Algebra.Associative) || schedule is ScanSchedule.Auto or ScanSchedule.Level or ScanSchedule.Counter;

    /// <summary>Throws where it does not.</summary>
    /// <exception cref="ScanScheduleException">It does not.</exception>
    public static void Require<TState>(this IAggregationOperator<TState> aggregator, ScanSchedule schedule)
        where TState : IScanState<TState>
    {
        if (!aggregator.Algebra.Allows(schedule))
        {
            throw new ScanScheduleException(
                $"The schedule {Name(schedule)} moves parentheses, and {aggregator.GetType().Name} does not claim to be associative, so that the result would change. "
                + $"Use {Name(ScanSchedule.Level)} or {Name(ScanSchedule.Counter)}.");
        }
    }

    private static string Name(ScanSchedule schedule) => $"\"{Configuration.ConfigKeys.Kebab(schedule.ToString())}\"";
}
