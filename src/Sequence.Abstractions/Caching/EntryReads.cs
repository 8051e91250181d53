namespace Sequence.Caching;

/// <summary>Which entries the query of token i may see, among those that the policy holds.</summary>
public enum EntryReads
{
    /// <summary>Those of tokens j &lt;= i, its own always: attention.</summary>
    Inclusive,

    /// <summary>Those of tokens j &lt; i: a memory that is read before it is written. Where there are none, zero is read.</summary>
    StrictlyPast,
}
