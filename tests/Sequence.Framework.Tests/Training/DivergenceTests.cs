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

    [Fact]
    public void Divergence_before_the_first_checkpoint_says_so()
    {
        var request = TinyRun.Request(_scratch["run"], mixers: [new Components.Component<Mixers.SequenceMixer>("poison", new(), _ => new PoisonMixer(1, false))]);
        var error = Assert.Throws<TrainingDivergedException>(() => TrainingRun.Execute(request, new Silent(), CancellationToken.None));
        Assert.Null(error.Checkpoint);
        Assert.Contains("no checkpoint", error.Message, StringComparison.Ordinal);
    }
}
