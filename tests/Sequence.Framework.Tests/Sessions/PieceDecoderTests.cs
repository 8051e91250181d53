namespace Sequence.Framework.Sessions;

public class PieceDecoderTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("é漢👍🏽 mixed 👩‍👩‍👧!")]
    [InlineData("ends with 👍")]
    [InlineData("replacement \uFFFD inside \uFFFD\uFFFD")]
    public void Pieces_are_whole_characters_and_add_up_to_the_text(string text)
    {
        var tokenizer = new ByteText.Utf8();
        var decoder = new PieceDecoder(tokenizer);
        var pieces = tokenizer.Encode(text).Select(decoder.Add).ToList();
        pieces.Add(decoder.Flush());
        Assert.Equal(text, string.Concat(pieces));
        if (!text.Contains('\uFFFD', StringComparison.Ordinal))
            Assert.All(pieces, piece => Assert.DoesNotContain('\uFFFD', piece));
        Assert.All(pieces, piece => Assert.False(piece.Length > 0 && char.IsHighSurrogate(piece[^1])));
    }

    [Fact]
    public void A_character_comes_with_its_last_byte()
    {
        var decoder = new PieceDecoder(new ByteText.Utf8());
        Assert.Equal(["", "", "", "👍", "a"], new long[] { 0xF0, 0x9F, 0x91, 0x8D, (byte)'a' }.Select(decoder.Add));
    }

    [Fact]
    public void Bytes_that_complete_no_character_are_shown_and_passed()
    {
        var decoder = new PieceDecoder(new ByteText.Utf8());
        Assert.Equal("\uFFFD\uFFFDab", string.Concat(new long[] { 0xFF, 0x80, (byte)'a', (byte)'b' }.Select(decoder.Add)));
        var endless = new PieceDecoder(new ByteText.Utf8());
        var garbage = string.Concat(Enumerable.Repeat(0xFFL, 1_000).Select(endless.Add));
        Assert.Equal(1_000, (garbage + endless.Flush()).Length);
    }

    [Fact]
    public void What_a_prompt_cuts_short_is_not_shown_after_it()
    {
        var decoder = new PieceDecoder(new ByteText.Utf8());
        Assert.Equal(["", ""], new long[] { 0xF0, 0x9F }.Select(decoder.Add));
        decoder.Follow([(byte)'a']);
        Assert.Equal("b", decoder.Add((byte)'b'));
    }

    [Fact]
    public void Words_keep_the_blank_between_them()
    {
        var decoder = new PieceDecoder(new ByteText.Words());
        decoder.Follow([0]);
        Assert.Equal([" two", " two", " three"], new long[] { 1, 1, 2 }.Select(decoder.Add));
    }
}
