namespace Sequence.Benchmarks.Measuring;

/// <summary>A table of a page.</summary>
internal static class MarkdownTable
{
    /// <summary>Its lines.</summary>
    public static string Of(IEnumerable<string> titles, IEnumerable<IEnumerable<string>> rows)
    {
        var head = titles.ToList();
        return string.Join('\n', [Line(head), Line(head.Select(_ => "---")), .. rows.Select(Line)]);
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
