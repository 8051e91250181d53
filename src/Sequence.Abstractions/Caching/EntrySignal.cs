namespace Sequence.Caching;

/// <summary>
/// A number beside each entry that a policy decides by. The cache makes and keeps the columns that its policy declares, gathers, forks and saves them with the
/// entries, and none else.
/// </summary>
public abstract record EntrySignal
{
    private EntrySignal()
    {
    }

    /// <summary>What the layer said of the token when it was written, <see cref="Entries.Scores"/>.</summary>
    public sealed record Score : EntrySignal;

    /// <summary>Uniform in [0, 1), drawn once an entry from the cache's own stream.</summary>
    /// <param name="Seed">Of the stream.</param>
    public sealed record Noise(long Seed) : EntrySignal;

    /// <summary>
    /// The attention that queries gave to the entry, summed over the query heads that share its key-value head. It is computed again beside the read, in blocks of
    /// queries and without gradient.
    /// </summary>
    /// <param name="Queries">Only the last so many queries of each call count; null for all.</param>
    /// <param name="Accumulates">Whether what calls before gave stays in the sum.</param>
    public sealed record Attention(int? Queries, bool Accumulates) : EntrySignal;
}
