namespace Sequence.Framework.Configuration;

/// <summary>What somebody may have meant: known names within a few slips of the keyboard of the written one.</summary>
public static class NearMatches
{
    private const int Most = 3;

    /// <summary>At most three of <paramref name="known"/>, nearest first: one slip for short names, one in three letters for long ones.</summary>
    public static IReadOnlyList<string> Of(string written, IEnumerable<string> known) =>
    [
        .. known
            .Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Slips: Slips(written, name)))
            .Where(match => match.Slips <= Math.Max(1, Math.Max(written.Length, match.Name.Length) / 3))
            .OrderBy(match => match.Slips)
            .ThenBy(match => match.Name, StringComparer.Ordinal)
            .Take(Most)
            .Select(match => match.Name),
    ];

    /// <summary>How a sentence about the written name ends: with the matches as a question, or with a full stop where there is none.</summary>
    public static string Ending(string written, IEnumerable<string> known) => Of(written, known) switch
    {
        [] => ".",
        var names => $"; did you mean {string.Join(" or ", names)}?",
    };

    /// <summary>
    /// Damerau-Levenshtein distance (optimal string alignment; Damerau 1964), letters compared without case: d[i, j] is the least number of
    /// letters inserted, dropped, replaced or swapped with their neighbour between the first i of <paramref name="a"/> and the first j of <paramref name="b"/>.
    /// </summary>
    public static int Slips(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        for (var j = 0; j <= b.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                d[i, j] = i + j;
                continue;
            }

            var replaced = d[i - 1, j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
            d[i, j] = Math.Min(replaced, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
            if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
        }

        return d[a.Length, b.Length];
    }

    private static bool Same(char x, char y) => char.ToUpperInvariant(x) == char.ToUpperInvariant(y);
}
