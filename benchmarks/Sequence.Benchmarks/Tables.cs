using Sequence.Benchmarks.Measuring;
using Spectre.Console;

namespace Sequence.Benchmarks;

/// <summary>Rows on a terminal, or in a file that takes its place.</summary>
internal static class Tables
{
    private const int WidthOfFiles = 240;

    /// <summary>Shows them.</summary>
    public static void Show(IReadOnlyList<Row> rows)
    {
        // a file has room for every column
        if (!AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Profile.Width = WidthOfFiles;
        AnsiConsole.Write(new RowTable(rows).ToConsole());
    }
}
