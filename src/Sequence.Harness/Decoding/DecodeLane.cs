namespace Sequence.Harness.Decoding;

/// <summary>A contender at a position.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Position">Tokens before the first timed one.</param>
/// <param name="Session">Goes on from there.</param>
internal sealed record DecodeLane(DecodeContender Contender, long Position, DecodeSession Session) : IDisposable
{
    /// <summary>Its name in the journal.</summary>
    public string Key => KeyOf(Contender, Position);

    /// <summary>The name of a contender at a position.</summary>
    public static string KeyOf(DecodeContender contender, long position) => $"{contender} at {position}";

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
