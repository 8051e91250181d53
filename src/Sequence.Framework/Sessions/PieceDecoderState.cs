namespace Sequence.Framework.Sessions;

/// <summary>Where a <see cref="PieceDecoder"/> stands.</summary>
/// <param name="Shown">The last tokens of what was shown.</param>
/// <param name="Waiting">Tokens that complete no character yet.</param>
/// <param name="Emitted">Letters of the waiting tokens that were shown.</param>
internal sealed record PieceDecoderState(IReadOnlyList<long> Shown, IReadOnlyList<long> Waiting, int Emitted);
