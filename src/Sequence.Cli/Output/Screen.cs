using System.CommandLine;
using System.Text;
using Spectre.Console;

namespace Sequence.Cli.Output;

/// <summary>Where people read: standard output, or standard error when standard output is for machines. Piped, it is plain text.</summary>
internal static class Screen
{
    private const int PipedWidth = 240;

    /// <summary>The screen for a parsed command.</summary>
    public static IAnsiConsole Of(ParseResult parsed)
    {
        var machine = parsed.GetValue(Flags.Json);
        var piped = machine ? Console.IsErrorRedirected : Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(machine ? Console.Error : Console.Out),
            Ansi = piped ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = piped ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = piped ? InteractionSupport.No : InteractionSupport.Detect,
        });
        console.Profile.Encoding = Encoding.UTF8;
        if (piped)
            console.Profile.Width = PipedWidth;
        return console;
    }

    /// <summary>Whether lines can be redrawn.</summary>
    public static bool IsLive(this IAnsiConsole console) => console.Profile.Capabilities is { Ansi: true, Interactive: true };

    /// <summary>Rows as columns: a few models stand side by side where their figures would not fit in a row.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Transposed(this IReadOnlyList<IReadOnlyList<string>> rows) =>
        [.. Enumerable.Range(0, rows[0].Count).Select(IReadOnlyList<string> (column) => [.. rows.Select(row => row[column])])];

    /// <summary>Writes a table whose first row is its header.</summary>
    public static void WriteTable(this IAnsiConsole console, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var title in rows[0])
            table.AddColumn(new TableColumn(new Text(title)));
        foreach (var row in rows.Skip(1))
            table.AddRow(row.Select(cell => new Text(cell)));
        console.Write(table);
    }
}
