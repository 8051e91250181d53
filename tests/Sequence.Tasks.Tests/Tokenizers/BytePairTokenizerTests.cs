using System.Text;
using Sequence.Tasks.Text.Tokenizers;

namespace Sequence.Tasks.Tests.Tokenizers;

public class BytePairTokenizerTests
{
    private static readonly ITokenizer Gpt2 = Made.Gpt2.Fitted();

    [Fact]
    public void Vocabulary_is_that_of_Gpt2() => Assert.Equal(50_257, Gpt2.Vocabulary);

    [Theory]
    [InlineData("Hello world", new long[] { 15496, 995 })]
    [InlineData("Hello, world!", new long[] { 15496, 11, 995, 0 })]
    [InlineData("The quick brown fox jumps over the lazy dog", new long[] { 464, 2068, 7586, 21831, 18045, 625, 262, 16931, 3290 })]
    [InlineData("\n\n", new long[] { 628 })]
    public void Known_texts_have_their_published_ids(string text, long[] ids) => Assert.Equal(ids, Gpt2.Encode(text));

    [Theory]
    [InlineData("vocabulary")]
    [InlineData("merges")]
    public void A_file_that_is_not_the_expected_one_is_refused(string option)
    {
        var options = new BytePairTokenizerOptions { Vocabulary = Tree.Data("gpt2/encoder.json.gz"), Merges = Tree.Data("gpt2/vocab.bpe.gz") };
        var wrong = new string('0', 64);
        options = option == "merges" ? options with { MergesSha256 = wrong } : options with { VocabularySha256 = wrong };

        var error = Assert.Throws<TaskDataException>(() => new BytePairTokenizerFactory().Create(options, Components.ComponentContext.None).Fit([]));
        Assert.Contains($"option '{option}' expects", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arbitrary_characters_come_back()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(40); i > 0; i--)
            {
                var code = random.Next(4) switch { 0 => random.Next(0x80), 1 => random.Next(0x800), 2 => random.Next(0xD800), _ => random.Next(0x1_0000, 0x11_0000) };
                text.Append(new Rune(code).ToString());
            }

            Assert.Equal(text.ToString(), Gpt2.Decode(Gpt2.Encode(text.ToString())));
        }
    }

    [Theory]
    [InlineData("we'll it's I'd", "we|'ll| it|'s| I|'d")]
    [InlineData("I'LL", "I|'|LL")]
    [InlineData("a  b", "a| | b")]
    [InlineData("a\n\nb  ", "a|\n|\n|b|  ")]
    [InlineData(" x1,y", " x|1|,|y")]
    [InlineData("\u00a0a", "\u00a0|a")]
    [InlineData("𝒜𝒷1 𠀀", "𝒜𝒷|1| 𠀀")]
    [InlineData("½Ⅷ!?", "½Ⅷ|!?")]
    public void Pieces_are_cut_as_the_pattern_cuts_them(string text, string pieces)
    {
        var cut = new List<string>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = BytePairSplit.EndOf(text, start);
            cut.Add(text[start..end]);
        }

        Assert.Equal(pieces, string.Join('|', cut));
    }

    /// <summary>The definition: of all neighbours, every pair of the lowest rank merges, until none has one.</summary>
    [Fact]
    public void Merging_by_queue_is_merging_by_the_definition()
    {
        using var encoder = new MemoryStream();
        Gpt2.Save(encoder);
        encoder.Position = 0;
        var saved = SavedVocabulary.Read(encoder, "gpt2-byte-pair");
        var table = new BytePairTable(saved.Tokens, saved.Merges!);

        foreach (var word in new[] { "aaaaaaa", "banananana", "mississippi", "internationalization", "lowlowlowest", "xxxxxyxxxxx", "eeeeeeeeeeeeeeeeeeeeeeeeeee" })
            Assert.Equal(ByDefinition(table, word), Gpt2.Encode(word));
    }

    [Fact]
    public void A_long_piece_without_blanks_is_encoded()
    {
        var text = new string('a', 200_000);
        Assert.Equal(text, Gpt2.Decode(Gpt2.Encode(text)));
    }

    private static long[] ByDefinition(BytePairTable table, string word)
    {
        var tokens = Encoding.UTF8.GetBytes(word).Select(table.IdOf).ToList();
        while (true)
        {
            var best = (Rank: int.MaxValue, Merged: 0, Left: 0, Right: 0);
            for (var i = 0; i + 1 < tokens.Count; i++)
            {
                if (table.TryMerge(tokens[i], tokens[i + 1], out var merge) && merge.Rank < best.Rank)
                    best = (merge.Rank, merge.Merged, tokens[i], tokens[i + 1]);
            }

            if (best.Rank == int.MaxValue)
                return [.. tokens.Select(token => (long)token)];

            for (var i = 0; i + 1 < tokens.Count; i++)
            {
                if (tokens[i] == best.Left && tokens[i + 1] == best.Right)
                {
                    tokens[i] = best.Merged;
                    tokens.RemoveAt(i + 1);
                }
            }
        }
    }
}
