using System.Diagnostics;

namespace Sequence.Benchmarks.Measuring;

/// <summary>
/// Times several ways of doing the same work in turn, a, b, c, a, b, c, so that a drift of the machine meets all. What counts are medians, and ratios of
/// neighbours.
/// </summary>
public sealed class SideBySide
{
    private readonly IReadOnlyList<double[]> _rounds;

    private SideBySide(IReadOnlyList<double[]> rounds) => _rounds = rounds;

    /// <summary>Rounds counted.</summary>
    public int Rounds => _rounds.Count;

    /// <summary>Takes turns.</summary>
    /// <param name="rounds">Counted rounds; one more comes first and is not counted.</param>
    /// <param name="contestants">One turn of each, which tells how long it took, in any unit of time.</param>
    public static SideBySide Measure(int rounds, params IReadOnlyList<Func<double>> contestants)
    {
        foreach (var turn in contestants)
            turn();
        return Measure(rounds, rounds, TimeSpan.Zero, contestants);
    }

    /// <summary>
    /// Takes turns for about a time, in no fewer rounds than <paramref name="least"/> and no more than <paramref name="most"/>, all counted: each has run before.
    /// </summary>
    public static SideBySide Measure(int least, int most, TimeSpan budget, IReadOnlyList<Func<double>> contestants)
    {
        List<double[]> rounds = [];
        var start = Stopwatch.GetTimestamp();
        while (rounds.Count < least || (rounds.Count < most && Stopwatch.GetElapsedTime(start) < budget))
            rounds.Add([.. contestants.Select(turn => turn())]);
        return new(rounds);
    }

    /// <summary>The median time of a contestant.</summary>
    public double Median(int contestant) => Median(_rounds.Select(round => round[contestant]));

    /// <summary>The median of one contestant's time over another's, round by round.</summary>
    public double Ratio(int contestant, int over) => Median(_rounds.Select(round => round[contestant] / round[over]));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
