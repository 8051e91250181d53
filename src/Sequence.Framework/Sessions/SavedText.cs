namespace Sequence.Framework.Sessions;

/// <summary>What a file of a session says of its text.</summary>
/// <param name="Seed">Seed of the random stream.</param>
/// <param name="Drawn">Numbers drawn from it.</param>
/// <param name="Untaken">Tokens that the model has not taken in.</param>
/// <param name="Recent">The last tokens.</param>
/// <param name="Decoder">What is not decoded yet.</param>
internal sealed record SavedText(long Seed, long Drawn, IReadOnlyList<long> Untaken, IReadOnlyList<long> Recent, PieceDecoderState Decoder);
