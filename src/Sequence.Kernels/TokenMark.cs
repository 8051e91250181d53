namespace Sequence.Kernels;

/// <summary>What a token is to a recurrence beside itself.</summary>
internal enum TokenMark : byte
{
    /// <summary>One like the others.</summary>
    None,

    /// <summary>The first of a document: what was before is forgotten.</summary>
    Start,

    /// <summary>Padding: nothing happens.</summary>
    Padding,
}
