namespace Sequence.Framework.Scans;

/// <summary>In which order, and how many at a time, the aggregations of a scan are computed.</summary>
public enum ScanSchedule
{
    /// <summary>For recurrences the layer's closed form where it has one, else <see cref="Chunked"/>; for prefix layers <see cref="Level"/>.</summary>
    Auto,

    /// <summary>One token after the other: the meaning of a recurrence. O(T) depth. Associative operators only.</summary>
    Fold,

    /// <summary>A tree over all tokens at once: O(T) work, O(log T) depth. Associative operators only.</summary>
    Tree,

    /// <summary>One chunk after the other, a tree inside each: memory of a chunk, depth O(T / chunk). Associative operators only.</summary>
    Chunked,

    /// <summary>The Blelloch tree with its brackets, level by level. Every operator.</summary>
    Level,

    /// <summary>The same brackets from a binary counter, node by node, as a session computes them. Every operator.</summary>
    Counter,
}
