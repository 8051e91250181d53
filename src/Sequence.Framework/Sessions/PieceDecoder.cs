using Sequence.Tasks;

namespace Sequence.Framework.Sessions;

/// <summary>
/// Turns tokens into text as they come, without ever cutting a character: a token may be part of a character's UTF-8, or need the one before
/// it for the blank between two words. A piece is what the newest tokens add to the text of the few before them; bytes of a character that is
/// not complete decode as one U+FFFD at the end, which is held back.
/// </summary>
internal sealed class PieceDecoder(ITokenizer tokenizer)
{
    /// <summary>Tokens before a piece that it may depend on.</summary>
    private const int Context = 4;

    /// <summary>Tokens after which bytes that complete no character are shown as they are.</summary>
    private const int LongestWait = 64;

    private const char Incomplete = '\uFFFD';

    private readonly List<long> _shown = [];
    private readonly List<long> _waiting = [];
    private int _emitted;

    /// <summary>Where it stands: to be saved, or to go on from.</summary>
    public PieceDecoderState State
    {
        get => new([.. _shown], [.. _waiting], _emitted);
        init => (_shown, _waiting, _emitted) = ([.. value.Shown], [.. value.Waiting], value.Emitted);
    }

    /// <summary>Tokens that the text comes after, such as a prompt's: they are not shown, and neither is what was held back before them.</summary>
    public void Follow(IReadOnlyList<long> tokens)
    {
        Settle();
        Show(tokens);
    }

    /// <summary>The text that is complete with <paramref name="token"/>; empty while a character is not.</summary>
    public string Add(long token)
    {
        _waiting.Add(token);
        var text = Waiting();
        var whole = !text.EndsWith(Incomplete) || _waiting.Count >= LongestWait;
        var piece = Emit(whole ? text : text[..^1]);
        if (whole)
            Settle();
        return piece;
    }

    /// <summary>What is left at the end, complete or not.</summary>
    public string Flush()
    {
        var piece = Emit(Waiting());
        Settle();
        return piece;
    }

    private string Waiting()
    {
        if (_waiting.Count == 0)
            return "";

        var before = _shown.Count == 0 ? "" : tokenizer.Decode(_shown);
        var text = tokenizer.Decode([.. _shown, .. _waiting]);
        return text[before.AsSpan().CommonPrefixLength(text)..];
    }

    private string Emit(string text)
    {
        var piece = text[Math.Min(_emitted, text.Length)..];
        _emitted += piece.Length;
        return piece;
    }

    private void Settle()
    {
        Show(_waiting);
        _waiting.Clear();
        _emitted = 0;
    }

    private void Show(IReadOnlyList<long> tokens)
    {
        _shown.AddRange(tokens.Skip(tokens.Count - Context));
        if (_shown.Count > Context)
            _shown.RemoveRange(0, _shown.Count - Context);
    }
}
