namespace Sequence.Kernels.Attention;

/// <summary>What <see cref="KeySpans"/> say, as numbers.</summary>
/// <param name="First">The first key of each query, row by row, [R, T].</param>
/// <param name="Last">The last one; before the first where a query sees none, as a padded one does.</param>
/// <param name="Queries">T.</param>
/// <param name="Keys">N.</param>
/// <param name="Leaving">Where keys leave in another order than they came: times of queries, [R or 1, T], and lifetimes of keys, [R or 1, N].</param>
internal sealed record QuerySpans(int[] First, int[] Last, long Queries, long Keys, (long[] Times, long[] Lifetimes, bool OwnAlways)? Leaving)
{
    /// <summary>Times of the queries of a row; empty where keys do not leave so.</summary>
    public ReadOnlySpan<long> Times(int row) => Leaving is { } leaving ? Row(leaving.Times, row, Queries) : [];

    /// <summary>Lifetimes of the keys of a row; empty where keys do not leave so.</summary>
    public ReadOnlySpan<long> Lifetimes(int row) => Leaving is { } leaving ? Row(leaving.Lifetimes, row, Keys) : [];

    /// <summary>Whether a key of its span has not left when a query asks.</summary>
    public bool Holds(int row, int query, int key) =>
        Leaving is not { } leaving || Lifetimes(row)[key] >= Times(row)[query] || (leaving.OwnAlways && key == Last[row * Queries + query]);

    // one row may stand for all
    private static ReadOnlySpan<long> Row(long[] rows, int row, long count) => rows.AsSpan(rows.Length == count ? 0 : (int)(row * count), (int)count);
}
