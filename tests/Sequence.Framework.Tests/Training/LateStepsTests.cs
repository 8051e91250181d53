using System.Text.Json.Nodes;
using Sequence.Fixtures.TinyRuns;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>Steps whose numbers are read late, as on a GPU.</summary>
[Collection(TensorTests.Name)]
public sealed class LateStepsTests : IDisposable
{
    /// <summary>The norm is rounded to float32 where it clips on the device: some bits, over 40 steps.</summary>
    private const double Losses = 1e-4;

    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Late_looks_write_the_lines_that_early_ones_do()
    {
        Run("early", looksLate: false);
        Run("late", looksLate: true);
        var (early, late) = (Lines("early"), Lines("late"));
        Assert.Equal(early.Count, late.Count);
        foreach (var (one, other) in early.Zip(late))
        {
            Assert.Equal((long)one["step"]!, (long)other["step"]!);
            Assert.Equal((double)one["loss"]!, (double)other["loss"]!, Losses);
            Assert.Equal(one["gradientNorm"] is null, other["gradientNorm"] is null);
        }
    }

    [Fact]
    public void A_late_run_is_the_same_each_time()
    {
        Run("one", looksLate: true);
        Run("other", looksLate: true);
        Assert.Equal(RunScratch.Metrics(_scratch["one"]), RunScratch.Metrics(_scratch["other"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_number_that_is_not_finite_is_found_before_a_checkpoint_and_named(bool gradientOnly)
    {
        var error = Assert.Throws<TrainingDivergedException>(() => Run(
            "run", looksLate: true, TinyRun.Leaky, new("poison", new(), _ => new PoisonMixer(11, gradientOnly)), TinyRun.Leaky));
        Assert.Equal(11, error.Step);
        Assert.Contains("mixer 'poison' of block 1", error.Where, StringComparison.Ordinal);
        Assert.EndsWith("step-000000009", error.Checkpoint, StringComparison.Ordinal);

        // the poison counts passes, so the repetition ends at its first step
        Assert.Equal([.. Enumerable.Range(1, 9)], Lines("run").Where(line => line["split"] is null).Select(line => (int)line["step"]!));
    }

    private List<JsonObject> Lines(string name) => [.. File.ReadLines(new RunFolder(_scratch[name]).Metrics).Select(line => JsonNode.Parse(line)!.AsObject())];

    private void Run(string name, bool looksLate, params Components.Component<Mixers.SequenceMixer>[] mixers)
    {
        var request = TinyRun.Request(_scratch[name], TargetKind.Sequence, mixers: mixers);
        var folder = new RunFolder(request.Folder);
        Directory.CreateDirectory(folder.Path);
        using var scope = NewDisposeScope();
        set_num_threads(1);
        manual_seed(request.Options.Seed);
        var task = new TinyTask(TargetKind.Sequence);
        using var model = new Models.SequenceModel(request.Options.Model, new Models.ModelInterface(task.Vocabulary, task.Classes, task.Targets));
        using var optimizer = new ModelOptimizer(model, request.Options.Training);
        using var log = new MetricsLog(folder.Metrics, 0);
        var loop = new TrainingLoop(model, task, optimizer, request, new CheckpointFolder(folder.Checkpoints), log, new Silent()) { LooksLate = looksLate };
        loop.Run(new LoopState(), CancellationToken.None);
    }
}
