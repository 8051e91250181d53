namespace Sequence.Caching;

/// <summary>One entry of a cache: what a layer keeps of a token.</summary>
/// <param name="Heads">Key-value heads Hkv.</param>
/// <param name="KeyWidth">K.</param>
/// <param name="ValueWidth">V.</param>
public sealed record EntryShape(long Heads, long KeyWidth, long ValueWidth);
