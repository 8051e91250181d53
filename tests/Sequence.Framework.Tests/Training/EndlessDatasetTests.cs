using Sequence.Fixtures.TinyRuns;
using Sequence.Tasks;

namespace Sequence.Framework.Training;

[Collection(TensorTests.Name)]
public sealed class EndlessDatasetTests : IDisposable
{
    // Passes end inside the 40 steps of 8, and not with a whole batch.
    private const int ExamplesPerPass = 61;

    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void No_example_is_met_twice()
    {
        var read = new List<(long Seed, long Number)>();
        TrainingRun.Execute(TinyRun.Request(_scratch["run"], task: new EndlessTask(ExamplesPerPass, read.Add)), new Silent(), CancellationToken.None);

        Assert.Equal(5 * ExamplesPerPass, read.Count);
        Assert.Equal(read.Count, read.Distinct().Count());
        Assert.All(read, example => Assert.Equal(11, example.Seed));
    }

    [Fact]
    public void Examples_depend_on_the_seed_of_the_run()
    {
        var (one, other) = (new List<long>(), new List<long>());
        var request = TinyRun.Request(_scratch["one"], task: new EndlessTask(ExamplesPerPass, example => one.Add(example.Seed)));
        TrainingRun.Execute(request, new Silent(), CancellationToken.None);
        request = TinyRun.Request(_scratch["other"], task: new EndlessTask(ExamplesPerPass, example => other.Add(example.Seed)));
        TrainingRun.Execute(request with { Options = request.Options with { Seed = 12 } }, new Silent(), CancellationToken.None);

        Assert.Equal([11L], one.Distinct());
        Assert.Equal([12L], other.Distinct());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(250)]
    public void A_run_stopped_within_a_pass_ends_as_if_it_had_not_been(int reads)
    {
        TrainingRun.Execute(TinyRun.Request(_scratch["whole"], task: new EndlessTask(ExamplesPerPass, _ => { })), new Silent(), CancellationToken.None);

        using var stop = new CancellationTokenSource();
        var left = reads;
        var stopping = new EndlessTask(ExamplesPerPass, _ =>
        {
            if (--left == 0)
                stop.Cancel();
        });
        Assert.Throws<RunInterruptedException>(() => TrainingRun.Execute(TinyRun.Request(_scratch["parts"], task: stopping), new Silent(), stop.Token));
        TrainingRun.Execute(
            TinyRun.Request(_scratch["parts"], task: new EndlessTask(ExamplesPerPass, _ => { })) with { Resume = true }, new Silent(), CancellationToken.None);

        Assert.Equal(RunScratch.Metrics(_scratch["whole"]), RunScratch.Metrics(_scratch["parts"]));
        Assert.Equal(File.ReadAllBytes(new RunFolder(_scratch["whole"]).Parameters), File.ReadAllBytes(new RunFolder(_scratch["parts"]).Parameters));
    }
}
