using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Tasks.Synthetic;
using Sequence.Tasks.Synthetic.Groups;
using Sequence.Tasks.Synthetic.Words;

namespace Sequence.Tasks.Tests.Synthetic;

public sealed class GroupWordTests
{
    private static readonly GroupWordOptions Small = new() { ExamplesPerPass = 100, ValidationExamples = 2, TestExamples = 3 };

    [Fact]
    public void Targets_are_the_running_product_from_the_left()
    {
        var group = GroupName.Find("s5")!;
        var task = Make(Small);
        foreach (var examples in new[] { task.Training, task.Validation, task.Test, Endless(task).Pass(7, 3) })
        {
            foreach (var (tokens, targets) in All(examples))
            {
                var product = 0;
                for (var t = 0; t < tokens.Length; t++)
                {
                    product = group.Multiply(product, (int)tokens[t]);
                    Assert.Equal(product, targets[t]);
                }
            }
        }
    }

    [Fact]
    public void The_same_seed_and_pass_give_the_same_words_and_others_give_others()
    {
        var (one, again) = (Endless(Make(Small)), Endless(Make(Small)));
        Assert.Equal(Words(one.Pass(5, 9)), Words(again.Pass(5, 9)));
        Assert.NotEqual(Words(one.Pass(5, 9)), Words(one.Pass(5, 10)));
        Assert.NotEqual(Words(one.Pass(5, 9)), Words(one.Pass(6, 9)));
        Assert.Equal(Words(one), Words(one.Pass(0, 0)));
    }

    [Fact]
    public void Passes_of_another_size_cut_the_same_words()
    {
        var whole = Words(Endless(Make(Small with { ExamplesPerPass = 300 })).Pass(5, 0));
        var parts = Endless(Make(Small));
        Assert.Equal(whole, Enumerable.Range(0, 3).SelectMany(pass => Words(parts.Pass(5, pass))));
    }

    [Fact]
    public void No_long_word_comes_twice_in_any_split()
    {
        var task = Make(Small with { ExamplesPerPass = 2_000, TestExamples = 50, ValidationExamples = 100 });
        var words = Enumerable.Range(0, 5).SelectMany(pass => Words(Endless(task).Pass(1, pass)))
            .Concat(Words(Endless(task).Pass(2, 0))).Concat(Words(task.Validation)).Concat(Words(task.Test))
            .Where(word => word.Count(letter => letter == ' ') >= 9).ToList();
        Assert.True(words.Count > 7_500, $"{words.Count} words");
        Assert.Equal(words.Count, words.Distinct().Count());
    }

    [Fact]
    public void Test_words_are_those_of_the_tasks_seed()
    {
        Assert.Equal(Words(Make(Small).Test), Words(Make(Small).Test));
        Assert.NotEqual(Words(Make(Small).Test), Words(Make(Small with { Seed = 2 }).Test));
        Assert.Equal(
            Enumerable.Range(0, 19).SelectMany(i => Enumerable.Repeat(18 + 8 * i, 3)), All(Make(Small).Test).Select(example => example.Tokens.Length));
    }

    [Fact]
    public void Lengths_follow_the_curriculum()
    {
        var task = Make(Small with
        {
            Lengths = new() { Min = 4, Max = 9 },
            Curriculum = [new() { Passes = 2, Lengths = new() { Min = 2, Max = 2 } }, new() { Passes = 1, Lengths = new() { Max = 3 }, Elements = 4 }],
        });
        var training = Endless(task);
        int[] lengths = [.. Enumerable.Range(0, 10).SelectMany(pass => All(training.Pass(1, pass))).Select(example => example.Tokens.Length)];

        Assert.All(lengths[..200], length => Assert.Equal(2, length));
        Assert.Equal([1, 2, 3], lengths[200..300].Distinct().Order());
        Assert.Equal([4, 5, 6, 7, 8, 9], lengths[300..].Distinct().Order());
        Assert.Equal(9, training.Longest);
        Assert.Equal([4, 5, 6, 7, 8, 9], All(task.Validation).Select(example => example.Tokens.Length).Distinct().Order());
        Assert.Equal("error-beyond-9", task.CreateMetrics()[1].Name);
    }

    [Fact]
    public void A_stage_of_few_elements_has_words_of_those_and_products_of_all()
    {
        var training = Endless(Make(Small with { Curriculum = [new() { Passes = 1, Lengths = new() { Min = 18, Max = 18 }, Elements = 4 }] }));
        Assert.Equal(4, All(training.Pass(1, 0)).SelectMany(example => example.Tokens).Distinct().Count());
        Assert.Equal(120, All(training.Pass(1, 0)).SelectMany(example => example.Targets).Distinct().Count());
        Assert.Equal(120, All(training.Pass(1, 1)).SelectMany(example => example.Tokens).Distinct().Count());
        Assert.Equal(120, All(Endless(Make(Small with { Curriculum = [new() { Passes = 1, Lengths = new() { Max = 18 }, Elements = 999 }] })))
            .SelectMany(example => example.Tokens).Distinct().Count());
    }

    [Fact]
    public void Every_element_is_as_likely_as_the_others()
    {
        var counts = new int[60];
        foreach (var (tokens, _) in All(Endless(Make(Small with { Group = "a5", ExamplesPerPass = 20_000 })).Pass(3, 1)))
        {
            foreach (var token in tokens)
                counts[token]++;
        }

        // chi-squared with 59 degrees of freedom: above 110 once in 20,000
        var expected = counts.Sum() / 60.0;
        Assert.InRange(counts.Sum(count => (count - expected) * (count - expected) / expected), 20, 110);
    }

    [Fact]
    public void Options_that_make_no_task_are_refused()
    {
        var unknown = Assert.Throws<ValidationException>(() => Make(Small with { Group = "s55" }));
        Assert.Contains("no group 's55'", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("a4xz5", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ValidationException>(() => Make(Small with { TestExamples = 0 }));
        Assert.Contains("above max", Refusal(new LengthRange { Min = 5, Max = 4 }), StringComparison.Ordinal);
        Assert.Contains("above to", Refusal(new LengthSteps { From = 5, To = 4 }), StringComparison.Ordinal);
        Assert.Contains("would be 26", Refusal(new LengthSteps { From = 18, To = 30, Step = 8 }), StringComparison.Ordinal);
    }

    private static string Refusal(IValidatableObject options) => Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage!;

    private static ITask Make(GroupWordOptions options) => new GroupWordFactory().Create(options, ComponentContext.None);

    private static IEndlessDataset Endless(ITask task) => Assert.IsType<IEndlessDataset>(task.Training, exactMatch: false);

    private static IEnumerable<Example> All(IDataset examples) => Enumerable.Range(0, examples.Count).Select(index =>
    {
        var example = examples[index];
        Assert.Equal(examples.LengthOf(index), example.Tokens.Length);
        Assert.Equal(example.Tokens.Length, example.Targets.Length);
        return example;
    });

    private static List<string> Words(IDataset examples) => [.. All(examples).Select(example => string.Join(' ', example.Tokens))];
}
