namespace Sequence.Caching;

/// <summary>The positions that rotate a key when it is read.</summary>
public enum EntryPositions
{
    /// <summary>Where the token stands in its document.</summary>
    Original,

    /// <summary>Where the entry stands in the cache, so that distances never exceed its size (StreamingLLM, arXiv 2309.17453).</summary>
    Cache,
}
