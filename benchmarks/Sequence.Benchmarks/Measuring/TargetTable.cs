using Spectre.Console;

namespace Sequence.Benchmarks.Measuring;

/// <summary>Targets as a table, on a terminal or in Markdown.</summary>
/// <param name="targets">In their order.</param>
public sealed class TargetTable(IEnumerable<Target> targets)
{
    private static readonly string[] Titles = ["about", "target", "measured", "holds"];

    private readonly string[][] _cells = [.. targets.Select(target => new[] { target.Name, target.Line, target.Measured, target.Verdict })];

    /// <summary>For a terminal.</summary>
    public Table ToConsole()
    {
        var table = new Table().AddColumns(Titles);
        foreach (var cells in _cells)
            table.AddRow([.. cells.Select(Markup.Escape)]);
        return table;
    }

    /// <summary>For a page.</summary>
    public string ToMarkdown() => MarkdownTable.Of(Titles, _cells);
}
