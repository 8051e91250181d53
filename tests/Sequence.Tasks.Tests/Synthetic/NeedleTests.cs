using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Tasks.Synthetic;
using static TorchSharp.torch;

namespace Sequence.Tasks.Tests.Synthetic;

public sealed class NeedleTests
{
    private static readonly NeedleOptions Small = new() { TrainingExamples = 200, ValidationExamples = 30, TestExamples = 40 };

    [Fact]
    public void The_defaults_are_those_of_the_paper()
    {
        var task = Make(new());

        Assert.Equal((300, 4, TargetKind.Sequence), (task.Vocabulary, task.Classes, task.Targets));
        Assert.Equal((5_000, 1_000, 1_000), (task.Training.Count, task.Validation.Count, task.Test.Count));
        Assert.Equal(512, task.Training.Longest);
        Assert.Equal(512, task.Test.LengthOf(17));
    }

    [Fact]
    public void Every_row_has_one_needle_of_its_class_in_the_first_tenth_among_noise()
    {
        var task = Make(new());
        var (needles, places, noise) = (new SortedSet<long>(), new SortedSet<int>(), new SortedSet<long>());
        foreach (var (tokens, targets) in Splits(task).SelectMany(All))
        {
            Assert.Equal(512, tokens.Length);
            var place = Assert.Single(Enumerable.Range(0, tokens.Length), t => tokens[t] < 200);
            Assert.Equal(Assert.Single(targets), (tokens[place] - 10) / 5);
            needles.Add(tokens[place]);
            places.Add(place);
            noise.UnionWith(tokens.Where((_, t) => t != place));
        }

        Assert.Equal(Enumerable.Range(10, 20).Select(id => (long)id), needles);
        Assert.Equal(Enumerable.Range(0, 51), places);
        Assert.Equal(Enumerable.Range(200, 100).Select(id => (long)id), noise);
    }

    [Fact]
    public void Classes_needles_places_and_noise_are_each_as_likely_as_the_others()
    {
        var rows = All(Make(new() { TrainingExamples = 4_000, Length = 64, NeedlePlaces = 50 }).Training).ToList();

        // chi-squared with n - 1 degrees of freedom: mean n - 1, variance 2 (n - 1); five deviations and more
        Even(4, rows.Select(row => row.Targets[0]));
        Even(20, rows.Select(row => row.Tokens.Min() - 10));
        Even(50, rows.Select(row => (long)Array.IndexOf(row.Tokens, row.Tokens.Min())));
        Even(100, rows.SelectMany(row => row.Tokens.Where(token => token >= 200)).Select(token => token - 200));

        static void Even(int n, IEnumerable<long> values)
        {
            var counts = new long[n];
            foreach (var value in values)
                counts[value]++;
            var expected = counts.Sum() / (double)n;
            Assert.InRange(counts.Sum(count => (count - expected) * (count - expected) / expected), 0, n - 1 + 6 * Math.Sqrt(2.0 * n));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_rows_and_no_split_has_those_of_another()
    {
        Assert.Equal(Splits(Make(Small)).SelectMany(Rows), Splits(Make(Small)).SelectMany(Rows));
        Assert.NotEqual(Rows(Make(Small).Training), Rows(Make(Small with { Seed = 43 }).Training));
        var rows = Splits(Make(Small)).SelectMany(Rows).ToList();
        Assert.Equal(200 + 30 + 40, rows.Distinct().Count());
        Assert.Equal(Rows(Make(Small).Training), Rows(Make(Small with { TrainingExamples = 300 }).Training).Take(200));
    }

    [Fact]
    public void A_bag_of_tokens_tells_the_class()
    {
        var task = Make(Small);
        var bags = All(task.Training).GroupBy(row => row.Targets[0]).ToDictionary(rows => rows.Key, rows => rows.SelectMany(row => row.Tokens).Where(token => token < 200).ToHashSet());

        var metric = Assert.Single(task.CreateMetrics());
        foreach (var (tokens, targets) in All(task.Test))
            metric.Add(tensor(Enumerable.Range(0, 4).Select(c => tokens.Any(bags[c].Contains) ? 1f : 0f).ToArray()).unsqueeze(0), tensor(targets));
        Assert.Equal("accuracy", metric.Name);
        Assert.Equal(1, metric.Value);
    }

    [Fact]
    public void Accuracy_is_the_share_of_rows_that_are_right()
    {
        var metric = Assert.Single(Make(Small).CreateMetrics());
        metric.Add(tensor(new float[,] { { 1, 0 }, { 0, 1 }, { 3, 2 } }), tensor(new long[] { 0, 0, 0 }));
        metric.Add(tensor(new float[,] { { 1, 0 } }), tensor(new long[] { 1 }));
        Assert.Equal(0.5, metric.Value);
        Assert.True(metric.HigherIsBetter);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 1)]
    [InlineData(100, 10)]
    public void Short_rows_have_their_needle_in_the_first_tenth_and_always_one(int length, int places)
    {
        var task = Make(Small with { Length = length });
        Assert.Equal(places, All(task.Training).Select(row => Array.IndexOf(row.Tokens, row.Tokens.Min())).Max() + 1);
        Assert.All(All(task.Training), row => Assert.Single(row.Tokens, token => token < 200));
    }

    [Fact]
    public void Options_that_make_no_task_are_refused()
    {
        var overlapping = Assert.Throws<ValidationException>(() => Make(Small with { Classes = 40 }));
        Assert.Contains("among the needles 10 to 209", overlapping.Message, StringComparison.Ordinal);
        var outside = Assert.Throws<ValidationException>(() => Make(Small with { NeedlePlaces = 600 }));
        Assert.Contains("has 512 tokens", outside.Message, StringComparison.Ordinal);
        Assert.Throws<ValidationException>(() => Make(Small with { Classes = 1 }));
    }

    private static ITask Make(NeedleOptions options) => new NeedleFactory().Create(options, ComponentContext.None);

    private static IEnumerable<IDataset> Splits(ITask task) => [task.Training, task.Validation, task.Test];

    private static IEnumerable<Example> All(IDataset examples) => Enumerable.Range(0, examples.Count).Select(index => examples[index]);

    private static List<string> Rows(IDataset examples) => [.. All(examples).Select(row => string.Join(' ', row.Tokens))];
}
