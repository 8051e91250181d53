using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Training;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

[Collection(TensorTests.Name)]
public sealed class StackTrainingTests : IDisposable
{
    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_run_with_shared_weights_trains_and_saves_them_once_and_resumes_exactly()
    {
        var whole = TrainingRun.Execute(Request("whole", null), new Silent(), CancellationToken.None);

        using var stop = new CancellationTokenSource();
        Assert.Throws<RunInterruptedException>(() => TrainingRun.Execute(
            Request("parts", new StoppingTask(new TinyTask(TargetKind.Sequence), 150, stop)), new Silent(), stop.Token));
        TrainingRun.Execute(Request("parts", null), new Silent(), CancellationToken.None);

        Assert.Equal(RunScratch.Metrics(_scratch["whole"]), RunScratch.Metrics(_scratch["parts"]));
        Assert.Equal(File.ReadAllBytes(new RunFolder(_scratch["whole"]).Parameters), File.ReadAllBytes(new RunFolder(_scratch["parts"]).Parameters));
        using var scope = NewDisposeScope();
        using var stream = File.OpenRead(new RunFolder(_scratch["whole"]).Parameters);
        var saved = Safetensors.Read(stream);
        Assert.Equal(whole.Parameters, saved.Values.Sum(tensor => tensor.numel()));
        Assert.Equal(["0", "1", "2"], saved.Keys.Where(name => name.StartsWith("blocks.", StringComparison.Ordinal)).Select(name => name.Split('.')[1]).Distinct().Order());
    }

    /// <summary>Depths 0 and 1 apart, then one block at depths 2, 3 and 4, with a learned scale on every branch.</summary>
    private RunRequest Request(string name, ITask? task)
    {
        var request = TinyRun.Request(_scratch[name], task: task);
        var model = request.Options.Model with
        {
            Residual = ResidualStyle.Sandwich,
            ResidualScale = new() { Learned = true },
            Blocks = [new BlockOptions { Repeat = 2, Mixer = TinyRun.Leaky }, new BlockOptions { Repeat = 3, Tied = true, Mixer = TinyRun.Leaky }],
        };
        return request with { Options = request.Options with { Model = model }, Resume = true };
    }
}
