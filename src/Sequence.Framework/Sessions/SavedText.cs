using System.Text.Json.Serialization;

namespace Sequence.Framework.Sessions;

/// <summary>What a file of a session says of its text.</summary>
/// <param name="Seed">Seed of the random stream.</param>
/// <param name="Drawn">Numbers drawn from it.</param>
/// <param name="Untaken">Tokens that the model has not taken in.</param>
/// <param name="Recent">The last tokens.</param>
/// <param name="Decoder">What is not decoded yet.</param>
/// <param name="Held">What is held back, as it may be the beginning of a stop text.</param>
internal sealed record SavedText(long Seed, long Drawn, IReadOnlyList<long> Untaken, IReadOnlyList<long> Recent, PieceDecoderState Decoder, string Held)
{
    /// <summary>Whether a text can be in that state: a file may say anything.</summary>
    [JsonIgnore]
    public bool IsSound => Drawn >= 0 && Untaken is not null && Recent is not null && Held is not null && Decoder is { Shown: not null, Waiting: not null, Emitted: >= 0 };
}
