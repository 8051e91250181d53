namespace Sequence.Framework.Sessions;

/// <summary>The next piece of one of several texts.</summary>
/// <param name="Row">Which prompt it goes on from, from 0.</param>
/// <param name="Text">Whole characters; may be empty at the end.</param>
/// <param name="End">Why the text ends with it; null where it goes on.</param>
public sealed record GeneratedPiece(int Row, string Text, GenerationEnd? End);
