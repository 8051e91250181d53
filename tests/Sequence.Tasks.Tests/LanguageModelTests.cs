using System.ComponentModel.DataAnnotations;
using Sequence.Tasks.Text;
using Sequence.Tasks.Text.Tokenizers;

namespace Sequence.Tasks.Tests;

public sealed class LanguageModelTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void WikiText_2_has_its_official_counts_and_vocabulary()
    {
        var task = Made.LanguageModel(new LanguageModelOptions
        {
            Train = Tree.Data("wikitext-2/train.txt.gz"),
            Validation = Tree.Data("wikitext-2/valid.txt.gz"),
            Test = Tree.Data("wikitext-2/test.txt.gz"),
            Tokenizer = Made.Words(new() { Split = WordSplit.Whitespace, EndOfLine = "<eos>" }),
            SequenceLength = 100,
        });

        Assert.Equal(33_278, task.Vocabulary);
        Assert.Equal(2_088_628 - 1, Scored(task.Training));
        Assert.Equal(217_646 - 1, Scored(task.Validation));
        Assert.Equal(245_569 - 1, Scored(task.Test));
    }

    [Fact]
    public void Tiny_Shakespeare_is_cut_by_position()
    {
        var task = Made.LanguageModel(new LanguageModelOptions { Text = Tree.Data("tinyshakespeare/input.txt.gz"), Tokenizer = Made.Characters, SequenceLength = 64 });
        Assert.Equal(65 + 1, task.Vocabulary);
        Assert.Equal(55_769 - 1, Scored(task.Test));
        Assert.Equal(55_769 - 1, Scored(task.Validation));
        Assert.Equal(1_115_394 - 2 * 55_769 - 1, Scored(task.Training));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(7, 3)]
    [InlineData(64, 63)]
    [InlineData(65, 1)]
    [InlineData(200, 200)]
    public void Every_token_after_the_first_is_scored_once_with_context_from_its_window(int length, int stride)
    {
        var text = new string([.. Enumerable.Range(0, 100).Select(i => (char)(0x100 + i))]);
        var file = _scratch.Write("text.txt", text);
        var task = Made.LanguageModel(new LanguageModelOptions { Train = file, Validation = file, Test = file, Tokenizer = Made.Characters, SequenceLength = length, Stride = stride });

        var scored = new List<long>();
        for (var i = 0; i < task.Test.Count; i++)
        {
            var example = task.Test[i];
            Assert.Equal(task.Test.LengthOf(i), example.Tokens.Length);
            Assert.InRange(example.Tokens.Length, 1, length);
            for (var t = 0; t < example.Tokens.Length; t++)
            {
                if (example.Targets[t] == Example.Ignored)
                    continue;
                Assert.Equal(example.Tokens[t] + 1, example.Targets[t]);
                scored.Add(example.Targets[t]);
            }
        }

        Assert.Equal(Enumerable.Range(2, 99).Select(id => (long)id), scored);
    }

    [Fact]
    public void Overlapping_training_windows_learn_from_every_target()
    {
        var file = _scratch.Write("text.txt", "abcdefghij");
        var task = Made.LanguageModel(new LanguageModelOptions { Train = file, Validation = file, Test = file, Tokenizer = Made.Bytes, SequenceLength = 4, Stride = 2 });
        Assert.Equal(4, task.Training.Count);
        Assert.Equal(4 + 4 + 4 + 3, Scored(task.Training));
        Assert.Equal(9, Scored(task.Test));
    }

    [Fact]
    public void A_text_of_one_token_is_refused()
    {
        var (text, one) = (_scratch.Write("text.txt", "abcd"), _scratch.Write("one.txt", "a"));
        var error = Assert.Throws<TaskDataException>(() => Made.LanguageModel(new LanguageModelOptions { Train = text, Validation = one, Test = text, Tokenizer = Made.Bytes }));
        Assert.Equal(one.Full, error.File);
        Assert.Contains("validation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_go_together_are_refused()
    {
        var text = _scratch.Write("text.txt", "abcd");
        Assert.Throws<ValidationException>(() => Made.LanguageModel(new LanguageModelOptions { Tokenizer = Made.Bytes }));
        Assert.Throws<ValidationException>(() => Made.LanguageModel(new LanguageModelOptions { Text = text, Train = text, Tokenizer = Made.Bytes }));
        Assert.Throws<ValidationException>(() => Made.LanguageModel(new LanguageModelOptions { Text = text, Tokenizer = Made.Bytes, SequenceLength = 4, Stride = 5 }));
    }

    [Fact]
    public void A_cut_never_parts_the_halves_of_a_character()
    {
        var text = _scratch.Write("text.txt", string.Concat(Enumerable.Repeat("👍🏽", 101)));
        var task = Made.LanguageModel(new LanguageModelOptions { Text = text, Tokenizer = Made.Bytes, SequenceLength = 100_000, TestFraction = 0.33, ValidationFraction = 0.33 });
        Assert.DoesNotContain('\uFFFD', task.Tokenizer!.Decode([.. task.Test[0].Tokens, task.Test[0].Targets[^1]]));
        Assert.Equal(0xF0, task.Test[0].Tokens[0]);
        Assert.Equal(0xF0, task.Validation[0].Tokens[0]);
    }

    private static long Scored(IDataset windows)
    {
        var count = 0L;
        for (var i = 0; i < windows.Count; i++)
            count += windows[i].Targets.LongCount(target => target != Example.Ignored);
        return count;
    }
}
