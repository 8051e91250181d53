namespace Sequence.Tasks.Text.Tokenizers;

/// <summary>
/// GPT-2's way to write bytes as characters in its vocabulary files: a byte that Latin-1 shows stands for itself, the others, in order,
/// for the characters from U+0100 on; so a blank is Ġ and a line end Ċ.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] ToCharacter = Build();
    private static readonly Dictionary<char, byte> ToByte = Enumerable.Range(0, 256).ToDictionary(value => ToCharacter[value], value => (byte)value);

    /// <summary>The character that stands for <paramref name="value"/>.</summary>
    public static char CharacterOf(byte value) => ToCharacter[value];

    /// <summary>The bytes that <paramref name="token"/> stands for.</summary>
    /// <exception cref="FormatException">One of its characters stands for no byte.</exception>
    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!ToByte.TryGetValue(token[i], out bytes[i]))
                throw new FormatException($"'{token[i]}' (U+{(int)token[i]:X4}) in token '{token}' stands for no byte.");
        }

        return bytes;
    }

    private static char[] Build()
    {
        var characters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < characters.Length; value++)
            characters[value] = value is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ') ? (char)value : next++;
        return characters;
    }
}
