using System.Text;
using System.Text.Json.Nodes;

namespace Sequence.Harness.Reports;

/// <summary>Markdown as reports write it.</summary>
internal static class MarkdownText
{
    /// <summary>A table whose first row is its header.</summary>
    public static void Table(this StringBuilder text, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        Row(rows[0]);
        Row([.. rows[0].Select(_ => "---")]);
        foreach (var row in rows.Skip(1))
            Row(row);
        text.Append('\n');

        void Row(IReadOnlyList<string> cells) =>
            text.Append("| ").AppendJoin(" | ", cells.Select(cell => OneLine(cell).Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }

    /// <summary>The values of an object and of those in it, each with the keys that lead to it.</summary>
    public static IEnumerable<IReadOnlyList<string>> Flat(JsonObject node, string prefix = "") => node.SelectMany(entry => entry.Value switch
    {
        null => [],
        JsonObject inner => Flat(inner, $"{prefix}{entry.Key}."),
        var value => (IEnumerable<IReadOnlyList<string>>)[[prefix + entry.Key, value is JsonValue ? value.ToString() : value.ToJsonString()]],
    });

    /// <summary>Any text as one line.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
