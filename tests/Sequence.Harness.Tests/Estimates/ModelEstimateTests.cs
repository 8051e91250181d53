using System.Text.Json.Nodes;
using Sequence.Components;
using Sequence.Fixtures.TinyRuns;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Harness.Estimates;
using Sequence.Kernels;
using Sequence.Kernels.Registry;
using TorchSharp;

namespace Sequence.Harness.Tests.Estimates;

/// <summary>What is said before a run beside what the run takes.</summary>
public sealed class ModelEstimateTests : IDisposable
{
    /// <summary>Within which the estimate is to be of what is measured.</summary>
    private const double Factor = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("sequence-estimate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(16, KernelPreference.Auto)]
    [InlineData(4, KernelPreference.Reference)]
    public void A_run_over_many_classes_takes_what_the_estimate_says(int batch, KernelPreference kernels)
    {
        if (!OperatingSystem.IsLinux())
            return;

        // what a program holds once it has run is not of the next run
        Measure(classes: 64, batch, kernels);

        var (estimate, peak) = Measure(classes: 32_768, batch, kernels);

        Assert.InRange((double)estimate / peak, 1 / Factor, Factor);
    }

    private (long Estimate, long Peak) Measure(int classes, int batch, KernelPreference kernels)
    {
        var task = new WideTask(classes);
        var model = new ModelOptions
        {
            DModel = 64,
            Norm = new("plain", new(), context => new PlainNorm(context.Width)),
            Blocks = [new BlockOptions { Mixer = TinyRun.Leaky }],
        };
        var training = new TrainingOptions { Steps = 2, BatchSize = batch, Threads = 1 };
        var estimate = ModelEstimate.Of(model, training, task, DeviceType.CPU, kernels).MemoryBytes;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(ProcessMemory.StartPeak());
        var before = ProcessMemory.Bytes!.Value;
        var result = TrainingRun.Execute(
            new RunRequest
            {
                Options = new RunOptions { Task = new("wide", new(), _ => task), Model = model, Training = training, Kernels = kernels },
                Config = new JsonObject(),
                Folder = Path.Combine(_folder, $"{classes}"),
                Device = torch.CPU,
                Task = task,
            },
            new Silent(),
            CancellationToken.None);
        return (estimate, result.PeakMemoryBytes - before);
    }
}
