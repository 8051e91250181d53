namespace Sequence.Framework.Sessions;

/// <summary>Lets text through up to the first of some texts, and holds back an end that may be the beginning of one.</summary>
internal sealed class StopTexts(IReadOnlyList<string> texts, string held = "")
{
    private string _held = held;

    /// <summary>Whether one has come up.</summary>
    public bool Found { get; private set; }

    /// <summary>What is held back now.</summary>
    public string Held => _held;

    /// <summary>What may be shown now that <paramref name="piece"/> has come.</summary>
    public string Pass(string piece)
    {
        var text = _held + piece;
        var at = texts.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(place => place >= 0).DefaultIfEmpty(-1).Min();
        if (at >= 0)
        {
            (Found, _held) = (true, "");
            return text[..at];
        }

        var begun = texts.Select(stop => Begun(text, stop)).DefaultIfEmpty(0).Max();
        _held = text[^begun..];
        return text[..^begun];
    }

    /// <summary>What was held back, where no more comes.</summary>
    public string Rest()
    {
        var rest = _held;
        _held = "";
        return rest;
    }

    /// <summary>How many letters at the end of a text are the first of <paramref name="stop"/>.</summary>
    private static int Begun(string text, string stop)
    {
        for (var length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                return length;
        }

        return 0;
    }
}
