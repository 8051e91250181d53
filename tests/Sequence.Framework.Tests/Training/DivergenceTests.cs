using Sequence.Fixtures.TinyRuns;

namespace Sequence.Framework.Training;

[Collection(TensorTests.Name)]
public sealed class DivergenceTests : IDisposable
{
    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_number_that_is_not_finite_names_step_mixer_and_checkpoint(bool gradientOnly)
    {
        var request = TinyRun.Request(
            _scratch["run"], mixers: [TinyRun.Leaky, new("poison", new(), _ => new PoisonMixer(11, gradientOnly)), TinyRun.Leaky]);
        var error = Assert.Throws<TrainingDivergedException>(() => TrainingRun.Execute(request, new Silent(), CancellationToken.None));
        Assert.Equal(11, error.Step);
        Assert.Contains("mixer 'poison' of block 1", error.Where, StringComparison.Ordinal);
        Assert.EndsWith("step-000000009", error.Checkpoint, StringComparison.Ordinal);
        Assert.Contains(error.Checkpoint!, error.Message, StringComparison.Ordinal);
        Assert.False(new RunFolder(_scratch["run"]).HasResult);
    }

    [Theory]
    [InlineData(false, "that of mixer 'poison' of block 0 at depth 0.")]
    [InlineData(true, "mixer 'poison' of block 0 (shared by depths 0, 2) is not finite")]
    public void A_shared_block_is_named_with_its_depths(bool gradientOnly, string where)
    {
        var request = TinyRun.Request(_scratch["run"]);
        var poison = new Components.Component<Mixers.SequenceMixer>("poison", new(), _ => new PoisonMixer(11, gradientOnly));
        var pattern = new Models.BlockOptions
        {
            Repeat = 2,
            Pattern = [new Models.BlockOptions { Tied = true, Mixer = poison }, new Models.BlockOptions { Mixer = TinyRun.Leaky }],
        };
        request = request with { Options = request.Options with { Model = request.Options.Model with { Blocks = [pattern] } } };

        var error = Assert.Throws<TrainingDivergedException>(() => TrainingRun.Execute(request, new Silent(), CancellationToken.None));

        Assert.Contains(where, error.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void Divergence_before_the_first_checkpoint_says_so()
    {
        var request = TinyRun.Request(_scratch["run"], mixers: [new Components.Component<Mixers.SequenceMixer>("poison", new(), _ => new PoisonMixer(1, false))]);
        var error = Assert.Throws<TrainingDivergedException>(() => TrainingRun.Execute(request, new Silent(), CancellationToken.None));
        Assert.Null(error.Checkpoint);
        Assert.Contains("no checkpoint", error.Message, StringComparison.Ordinal);
    }
}
