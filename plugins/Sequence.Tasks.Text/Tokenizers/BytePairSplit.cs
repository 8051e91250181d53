using System.Globalization;
using System.Text;

namespace Sequence.Tasks.Text.Tokenizers;

/// <summary>
/// GPT-2's cut of a text into pieces that byte pairs never cross:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// A scanner instead of a regular expression, because .NET's classes see UTF-16 halves where the pattern means characters.
/// </summary>
internal static class BytePairSplit
{
    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>The end of the piece that begins at <paramref name="start"/>, which is before the end of the text.</summary>
    public static int EndOf(ReadOnlySpan<char> text, int start)
    {
        var contraction = ContractionAt(text[start..]);
        if (contraction > 0)
            return start + contraction;

        var first = start;
        if (text[start] == ' ' && start + 1 < text.Length)
            first++;

        var kind = KindAt(text, first, out var length);
        return kind == Kind.Space ? EndOfSpace(text, start) : EndOfRun(text, first + length, kind);
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int end, Kind kind)
    {
        while (end < text.Length && KindAt(text, end, out var length) == kind)
            end += length;
        return end;
    }

    /// <summary>White space up to the one in front of a word, which goes with the word, or stands alone where it is not a blank.</summary>
    private static int EndOfSpace(ReadOnlySpan<char> text, int start)
    {
        var end = EndOfRun(text, start, Kind.Space);
        return end == text.Length || end - start == 1 ? end : end - 1;
    }

    private static int ContractionAt(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        Rune.DecodeFromUtf16(text[index..], out var rune, out length);
        if (Rune.IsWhiteSpace(rune))
            return Kind.Space;

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
