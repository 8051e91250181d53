using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Models;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

[Collection(TensorTests.Name)]
public sealed class PrecisionTests : IDisposable
{
    /// <summary>How far apart the losses of a small task may end that was learned in float32 and in bfloat16.</summary>
    private const double Losses = 0.1;

    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

#if TORCH_SYSTEM
    [Theory]
    [InlineData(TargetKind.Sequence)]
    [InlineData(TargetKind.Token)]
    public void A_run_in_bfloat16_learns_what_one_in_float32_does(TargetKind targets)
    {
        var exact = Execute("exact", Precision.Float32, targets);
        var rounded = Execute("rounded", Precision.Bfloat16, targets);
        Assert.Equal(Precision.Float32, exact.Precision);
        Assert.Equal(Precision.Bfloat16, rounded.Precision);
        Assert.NotEqual(exact.Test.Loss, rounded.Test.Loss);
        Assert.Equal(exact.Test.Loss, rounded.Test.Loss, Losses);
        Assert.InRange(rounded.Test.Loss, 0, 0.9 * Math.Log(targets == TargetKind.Token ? TinyTask.Tokens : 3));
        Assert.Contains("\"precision\": \"bfloat16\"", File.ReadAllText(new RunFolder(_scratch["rounded"]).Result), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_and_moments_are_kept_in_float32()
    {
        Execute("run", Precision.Bfloat16, TargetKind.Token);
        var files = Directory.GetFiles(_scratch["run"], "*.safetensors", SearchOption.AllDirectories);
        Assert.True(files.Length > 2);
        foreach (var file in files)
        {
            using var scope = NewDisposeScope();
            using var stream = File.OpenRead(file);
            Assert.All(Safetensors.Read(stream).Where(each => !each.Key.StartsWith("step.", StringComparison.Ordinal)), each => Assert.Equal(ScalarType.Float32, each.Value.dtype));
        }
    }

    [Fact]
    public void A_run_in_bfloat16_stopped_on_its_way_ends_as_if_it_had_not_been()
    {
        Execute("whole", Precision.Bfloat16, TargetKind.Token);
        using var stop = new CancellationTokenSource();
        var training = TinyRun.Training with { Precision = Precision.Bfloat16 };
        Assert.Throws<RunInterruptedException>(() => TrainingRun.Execute(
            TinyRun.Request(_scratch["parts"], TargetKind.Token, training, new StoppingTask(new TinyTask(TargetKind.Token), 150, stop)), new Silent(), stop.Token));
        TrainingRun.Execute(TinyRun.Request(_scratch["parts"], TargetKind.Token, training) with { Resume = true }, new Silent(), CancellationToken.None);

        Assert.Equal(RunScratch.Metrics(_scratch["whole"]), RunScratch.Metrics(_scratch["parts"]));
        Assert.Equal(File.ReadAllBytes(new RunFolder(_scratch["whole"]).Parameters), File.ReadAllBytes(new RunFolder(_scratch["parts"]).Parameters));
    }
#else
    [Fact]
    public void A_library_without_mixed_precision_refuses_bfloat16_and_says_which_has_it() => Assert.Contains(
        "TorchProvider=system", Assert.Throws<NotSupportedException>(() => Execute("run", Precision.Bfloat16, TargetKind.Token)).Message, StringComparison.Ordinal);
#endif

    [Fact]
    public void The_switch_for_tf32_is_put_back_and_changes_nothing_on_the_cpu()
    {
        var before = backends.cuda.matmul.allow_tf32;
        Assert.Equal(Execute("float32", Precision.Float32, TargetKind.Token).Test.Loss, Execute("tf32", Precision.Tf32, TargetKind.Token).Test.Loss);
        Assert.Equal(before, backends.cuda.matmul.allow_tf32);
    }

    [CudaTheory]
    [Trait("Device", "cuda")]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Tf32)]
    [InlineData(Precision.Bfloat16)]
    public void A_run_on_a_gpu_learns_what_one_on_the_cpu_does(Precision precision)
    {
        var exact = Execute("cpu", Precision.Float32, TargetKind.Token);
        var request = TinyRun.Request(_scratch["gpu"], TargetKind.Token, TinyRun.Training with { Precision = precision }) with { Device = CUDA };
        var there = TrainingRun.Execute(request, new Silent(), CancellationToken.None);
        Assert.Equal(exact.Test.Loss, there.Test.Loss, Losses);
        Assert.Equal(RunScratch.Metrics(_scratch["cpu"]).Length, RunScratch.Metrics(_scratch["gpu"]).Length);
        Assert.Equal(exact.Steps, there.Steps);
    }

    [CudaFact]
    [Trait("Device", "cuda")]
    public void Divergence_on_a_gpu_is_found_before_a_checkpoint_and_named()
    {
        var request = TinyRun.Request(
            _scratch["run"], mixers: [TinyRun.Leaky, new("poison", new(), _ => new PoisonMixer(11, gradientOnly: false)), TinyRun.Leaky]) with { Device = CUDA };
        var error = Assert.Throws<TrainingDivergedException>(() => TrainingRun.Execute(request, new Silent(), CancellationToken.None));
        Assert.Equal(11, error.Step);
        Assert.Contains("mixer 'poison' of block 1", error.Where, StringComparison.Ordinal);
        Assert.EndsWith("step-000000009", error.Checkpoint, StringComparison.Ordinal);
    }

    private RunResult Execute(string name, Precision precision, TargetKind targets) =>
        TrainingRun.Execute(TinyRun.Request(_scratch[name], targets, TinyRun.Training with { Precision = precision }), new Silent(), CancellationToken.None);
}
