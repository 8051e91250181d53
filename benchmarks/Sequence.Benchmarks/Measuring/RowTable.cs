using System.Globalization;
using Spectre.Console;

namespace Sequence.Benchmarks.Measuring;

/// <summary>Rows as a table, on a terminal or in Markdown; columns in which no row has a figure are left out.</summary>
public sealed class RowTable
{
    private static readonly (string Title, Func<Row, string> Cell)[] Columns =
    [
        ("benchmark", row => row.Benchmark),
        ("T", row => row.T is null ? "" : $"{row.T:n0}"),
        ("pass", row => row.Pass ?? ""),
        ("ours, ms", row => row.Correct ? Milliseconds(row.OursMs) : row.Failed is null ? "values differ" : "failed"),
        ("peer", row => row.Peer ?? ""),
        ("peer, ms", row => Milliseconds(row.PeerMs)),
        ("times as fast", row => row.Ratio is { } ratio ? Figure(ratio) : ""),
        ("of limit", row => Percent(row.OfLimit)),
        ("GEMM share", row => Percent(row.GemmShare)),
        ("at most", row => row.AtMost is { } most ? Figure(most) : ""),
        ("per token, over short", row => row.PerToken is { } ratio ? $"{ratio:0.00}" : ""),
        ("memory, MiB", row => Mebibytes(row.PeakBytes)),
        ("peer's memory, MiB", row => Mebibytes(row.PeerPeakBytes)),
        ("workspace", row => row.Workspace is { } share ? $"{share:0.00}" : ""),
    ];

    private readonly string[] _titles;
    private readonly string[][] _cells;

    /// <param name="rows">A row without agreement is shown without a figure.</param>
    public RowTable(IEnumerable<Row> rows)
    {
        var shown = rows.Select(row => row.Checked()).ToList();
        var columns = Columns.Where(column => shown.Any(row => column.Cell(row).Length > 0)).ToList();
        _titles = [.. columns.Select(column => column.Title)];
        _cells = [.. shown.Select(row => columns.Select(column => column.Cell(row)).ToArray())];
    }

    /// <summary>For a terminal.</summary>
    public Table ToConsole()
    {
        var table = new Table().AddColumns(_titles);
        foreach (var cells in _cells)
            table.AddRow([.. cells.Select(Markup.Escape)]);
        return table;
    }

    /// <summary>For a page.</summary>
    public string ToMarkdown() => MarkdownTable.Of(_titles, _cells);

    private static string Milliseconds(double? value) => value switch
    {
        null => "",
        < 0.1 => $"{value:0.000000}",
        < 100 => $"{value:0.00}",
        _ => $"{value:n0}",
    };

    private static string Figure(double ratio) => ratio.ToString(ratio < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    private static string Percent(double? share) => share is null ? "" : $"{100 * share:0} %";

    private static string Mebibytes(long? bytes) => bytes is null ? "" : $"{bytes / 1048576.0:n1}";
}
