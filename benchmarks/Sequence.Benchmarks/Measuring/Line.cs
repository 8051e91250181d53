namespace Sequence.Benchmarks.Measuring;

/// <summary>A bound on a figure of certain rows.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Words">What is to hold, in words.</param>
/// <param name="Bound">The figure may be this.</param>
/// <param name="IsFloor">Whether the figure may be more; else it may be less.</param>
/// <param name="Concerns">Which rows.</param>
/// <param name="Figure">Of a row; null where it has none. A row whose values differ breaks the bound without one.</param>
/// <param name="Remark">What stands beside the worst figure.</param>
internal sealed record Line(
    string Name, string Words, double Bound, bool IsFloor, Func<Row, bool> Concerns, Func<Row, double?> Figure, Func<Row, string>? Remark = null)
{
    /// <summary>Whether the rows of a run keep the bound.</summary>
    public Target Among(IReadOnlyList<Row> rows)
    {
        var concerned = rows.Where(Concerns).ToList();
        if (concerned.FirstOrDefault(row => !row.Correct) is { } wrong)
            return new(Name, Words, $"{(wrong.Failed is null ? "values differ" : "no figure")} at {Place(wrong)}", Holds: false);

        var figures = concerned.Select(row => (Row: row, Figure: Figure(row))).Where(each => each.Figure is not null).ToList();
        if (figures.Count == 0)
            return new(Name, Words, "", Holds: null);
        var (row, figure) = IsFloor ? figures.MinBy(each => each.Figure) : figures.MaxBy(each => each.Figure);
        var among = figures.Count == 1 ? "" : $" ({(IsFloor ? "least" : "most")} of {figures.Count})";
        return new(Name, Words, FormattableString.Invariant($"{figure:0.00} at {Place(row)}{among}{Remark?.Invoke(row)}"), IsFloor ? figure >= Bound : figure <= Bound);
    }

    private static string Place(Row row) => FormattableString.Invariant($"{row.Benchmark}, T = {row.T:n0}, {row.Pass}");
}
