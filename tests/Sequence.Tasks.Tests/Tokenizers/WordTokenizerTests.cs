using Sequence.Tasks.Text.Tokenizers;

namespace Sequence.Tasks.Tests.Tokenizers;

public class WordTokenizerTests
{
    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_line_end_is_the_same_word_in_training_texts_and_prompts(string end)
    {
        var made = Made.Words(new() { Split = WordSplit.Whitespace, EndOfLine = "<eos>" });
        var words = made.SavedAndLoaded(made.Fitted("one two\ntwo\n"));

        Assert.Equal("two <eos> one <eos>", words.Decode(words.Encode($"two{end}one{end}")));
    }

    [Fact]
    public void Ids_fall_with_the_count_and_ties_are_in_ordinal_order()
    {
        var tokenizer = Made.Words().Fitted("b a c", "b c b");
        Assert.Equal([1, 2, 3, 0], tokenizer.Encode("b c a d"));
        Assert.Equal("b c a <unk>", tokenizer.Decode([1, 2, 3, 0]));
    }

    [Fact]
    public void Punctuation_stands_alone()
    {
        var tokenizer = Made.Words().Fitted("It's 5%, isn't it?");
        Assert.Equal("It ' s 5 % , isn ' t it ?", tokenizer.Decode(tokenizer.Encode("It's 5%,isn't it?")));
    }

    [Fact]
    public void White_space_alone_parts_words_where_asked()
    {
        var tokenizer = Made.Words(new() { Split = WordSplit.Whitespace }).Fitted("a-b <unk> @-@ a-b");
        Assert.Equal(3, tokenizer.Vocabulary);
        Assert.Equal([1, 0, 2, 0], tokenizer.Encode(" a-b  <unk>\n@-@ zz "));
    }

    [Fact]
    public void Letter_case_is_dropped_where_asked()
    {
        var tokenizer = Made.Words(new() { LowerCase = true }).Fitted("The THE");
        Assert.Equal([1, 1, 0], tokenizer.Encode("the tHe they"));
    }

    [Fact]
    public void Rare_words_and_those_beyond_the_vocabulary_are_unknown()
    {
        Assert.Equal(2, Made.Words(new() { MinCount = 2 }).Fitted("a a b").Vocabulary);
        Assert.Equal([1, 2, 0], Made.Words(new() { MaxVocabulary = 3 }).Fitted("a a a b b c").Encode("a b c"));
    }

    [Fact]
    public void A_character_that_training_did_not_have_is_unknown()
    {
        var tokenizer = Made.Characters.Fitted("cab");
        Assert.Equal(4, tokenizer.Vocabulary);
        Assert.Equal([1, 2, 3, 0], tokenizer.Encode("abcd"));
    }
}
