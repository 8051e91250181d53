namespace Sequence.Tasks.Text.Reading;

/// <summary>How far apart two file names are: insertions, deletions and replacements between them, letter case aside.</summary>
internal static class NameDistance
{
    /// <summary>d(i, j) = min(d(i-1, j) + 1, d(i, j-1) + 1, d(i-1, j-1) + [a_i != b_j]), one row of it at a time.</summary>
    public static int Between(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                (row[j], diagonal) = (Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)), row[j]);
            }
        }

        return row[^1];
    }
}
