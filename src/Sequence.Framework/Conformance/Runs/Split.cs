namespace Sequence.Framework.Conformance.Runs;

/// <summary>A sequence cut into pieces, to be advanced through one after the other.</summary>
/// <param name="Pieces">Tokens of each.</param>
internal sealed record Split(IReadOnlyList<long> Pieces)
{
    private const int Shown = 8;

    /// <summary>Tokens of all.</summary>
    public long Length => Pieces.Sum();

    /// <summary>The whole sequence.</summary>
    public static Split Whole(long T) => new([T]);

    /// <summary>Token by token.</summary>
    public static Split Steps(long T) => new([.. Enumerable.Repeat(1L, (int)T)]);

    /// <summary>Pieces of 1 to <paramref name="longest"/> tokens, drawn from a seed.</summary>
    public static Split Drawn(long T, long seed, int longest = 20)
    {
        var random = new Random((int)(seed * 1_000 + T));
        var pieces = new List<long>();
        for (var left = T; left > 0; left -= pieces[^1])
            pieces.Add(Math.Min(left, random.Next(1, longest + 1)));
        return new(pieces);
    }

    /// <summary>Token by token, all at once, in awkward pieces, in pieces drawn from a seed.</summary>
    public static IEnumerable<Split> All(long T, long seed)
    {
        yield return Whole(T);
        if (T == 1)
            yield break;
        yield return Steps(T);
        if (T > 38)
            yield return new([37, 1, T - 38]);
        yield return Drawn(T, seed);
    }

    public override string ToString() => Pieces switch
    {
        [_] => $"{Length} tokens at once",
        _ when Pieces.All(piece => piece == 1) => $"{Length} tokens one by one",
        _ => $"{Length} tokens in pieces of {string.Join(", ", Pieces.Take(Shown))}{(Pieces.Count > Shown ? ", ..." : "")}",
    };
}
