using Sequence.Components;

namespace Sequence.Tasks.Tests.Tokenizers;

public class TokenizerLaws
{
    private const string Text = "To be, or not to be: that is the question.\n  Naïve café, 漢字, 👩‍👩‍👧 and 𠀀!\t\r\n";

    public static TheoryData<string> Lossless => ["byte", "character", "gpt2-byte-pair"];

    public static TheoryData<string> All => ["byte", "character", "word", "gpt2-byte-pair"];

    [Theory]
    [MemberData(nameof(Lossless))]
    public void Decoding_what_was_encoded_gives_the_text(string name)
    {
        var tokenizer = Named(name).Fitted(Text);
        for (var length = 0; length <= Text.Length; length++)
        {
            if (length > 0 && length < Text.Length && char.IsLowSurrogate(Text[length]))
                continue;
            Assert.Equal(Text[..length], tokenizer.Decode(tokenizer.Encode(Text[..length])));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Ids_are_below_the_vocabulary(string name)
    {
        var tokenizer = Named(name).Fitted(Text);
        Assert.All(tokenizer.Encode(Text + "unseen ζ"), id => Assert.InRange(id, 0, tokenizer.Vocabulary - 1));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_saved_tokenizer_loads_as_the_same(string name)
    {
        var fitted = Named(name).Fitted(Text);
        var loaded = Named(name).SavedAndLoaded(fitted);
        Assert.Equal(fitted.Vocabulary, loaded.Vocabulary);
        Assert.Equal(fitted.Encode(Text), loaded.Encode(Text));
        Assert.Equal(fitted.Decode(fitted.Encode(Text)), loaded.Decode(fitted.Encode(Text)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Another_tokenizers_file_is_refused(string name)
    {
        var other = name == "byte" ? Made.Characters : Made.Bytes;
        using var stream = new MemoryStream();
        other.Fitted(Text).Save(stream);
        stream.Position = 0;
        var error = Assert.Throws<InvalidDataException>(() => Named(name).Create(ComponentContext.None).Load(stream));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static Component<ITokenizer> Named(string name) => name switch
    {
        "byte" => Made.Bytes,
        "character" => Made.Characters,
        "word" => Made.Words(),
        _ => Made.Gpt2,
    };
}
