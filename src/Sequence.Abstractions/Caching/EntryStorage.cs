namespace Sequence.Caching;

/// <summary>In what form keys and values are held.</summary>
public enum EntryStorage
{
    /// <summary>In the element type of the layer.</summary>
    Full,

    /// <summary>In bfloat16.</summary>
    BFloat16,

    /// <summary>In eight bits, with one float32 scale an entry and head: max |x| / 127.</summary>
    Int8,
}
