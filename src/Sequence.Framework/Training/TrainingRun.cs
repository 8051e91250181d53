using System.Text.Json.Nodes;
using Sequence.Components;
using Sequence.Framework.Models;
using Sequence.Kernels;
using Sequence.Kernels.Registry;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>
/// Trains one model on one task: the whole way from a configuration to <c>result.json</c>. The best checkpoint on the validation examples is
/// chosen, and scored once on the test examples.
/// </summary>
public static class TrainingRun
{
    /// <summary>Does the run, or goes on with it.</summary>
    /// <exception cref="RunInterruptedException"><paramref name="stop"/> was asked for; the run can be gone on with.</exception>
    /// <exception cref="TrainingDivergedException">The loss or the gradient became NaN or infinite.</exception>
    /// <exception cref="RunFolderException">The folder holds another run.</exception>
    /// <exception cref="TaskDataException">The task's files are not what they should be, or a split is empty.</exception>
    /// <exception cref="ModelException">The model's options do not go together.</exception>
    /// <exception cref="KernelException">Fused kernels are demanded, and there is none for what the run computes.</exception>
    public static RunResult Execute(RunRequest request, ITrainingObserver observer, CancellationToken stop)
    {
        using var kernels = KernelScope.Prefer(request.Options.Kernels);
        using var products = new TensorFloat32(request.Options.Training.Precision != Precision.Float32);
        RequirePrecision(request.Options.Training.Precision);
        var folder = new RunFolder(request.Folder);
        Claim(folder, request);
        if (folder.ReadResult() is { } finished)
        {
            observer.Note($"{folder.Path} holds this run finished; nothing is left to do.");
            return finished;
        }

        var checkpoints = new CheckpointFolder(folder.Checkpoints);
        var saved = checkpoints.ReadLatestState();
        var threads = Threads(request, saved, observer);
        set_num_threads(threads);
        PeakMemory.Reset(request.Device);
        RecordEnvironment(folder, request.Device, request.Options.Training.Precision, resumed: saved is not null, observer);

        using var scope = NewDisposeScope();
        var task = request.Task ?? request.Options.Task.Create(ComponentContext.None);
        RequireExamples(task, request.Options);
        using var model = CreateModel(task, request);
        using var optimizer = new ModelOptimizer(model, request.Options.Training);
        Describe(folder, request, task, model);
        var state = checkpoints.Restore(model, optimizer) ?? new LoopState();
        state = state with { Threads = threads };
        using var log = new MetricsLog(folder.Metrics, state.MetricsLength);
        var loop = new TrainingLoop(model, task, optimizer, request, checkpoints, log, observer);
        if (state.Step > 0)
            observer.Note($"Going on after step {state.Step:N0} of {loop.Steps:N0}.");

        loop.Run(state, stop);
        return Finish(folder, request, task, model, loop, checkpoints, stop);
    }

    /// <summary>Makes the folder this run's: refuses one that holds another.</summary>
    private static void Claim(RunFolder folder, RunRequest request)
    {
        if (!folder.HasRun)
        {
            Directory.CreateDirectory(folder.Path);
            RunJson.Write(folder.Config, request.Config);
            return;
        }

        if (!request.Resume)
            throw new RunFolderException(folder.Path, "holds a run already. Go on with it by --resume, or choose another --output.");

        var held = RunJson.Read<JsonNode>(folder.Config);
        if (JsonDifference.First(held, JsonNode.Parse(request.Config.ToJsonString())) is { } difference)
            throw new RunFolderException(folder.Path, $"holds a run of another configuration: {difference}. Resume with the configuration it began with, or choose another --output.");
    }

    /// <summary>A resumed run keeps its threads, because the order of sums, and so the last bits of every number, depend on them.</summary>
    private static int Threads(RunRequest request, LoopState? saved, ITrainingObserver observer)
    {
        var wanted = request.Options.Training.Threads ?? Environment.ProcessorCount;
        if (saved is null || saved.Threads == wanted)
            return wanted;

        observer.Note($"Keeping the {saved.Threads} threads that the run began with, where {wanted} would be chosen now: its numbers depend on them.");
        return saved.Threads;
    }

    private static void RequirePrecision(Precision precision)
    {
        if (precision == Precision.Bfloat16 && MixedPrecision.Refusal is { } refusal)
            throw new NotSupportedException($"training.precision: \"bfloat16\" cannot be had: {refusal}.");
    }

    private static void RecordEnvironment(RunFolder folder, Device device, Precision precision, bool resumed, ITrainingObserver observer)
    {
        var environment = EnvironmentRecord.Take(device);
        observer.Note($"libtorch {environment.Libtorch} on {environment.Device}, {environment.Threads} threads, {environment.Blas}, {environment.Gemm1024Gflops:F1} GFLOP/s.");
        EnvironmentLog.Add(folder, environment, resumed, observer);
        if (precision == Precision.Tf32 && device.type != DeviceType.CUDA)
            observer.Note("Precision tf32 is of CUDA devices: here products are in float32.");
        if (environment.IsSlow && device.type == DeviceType.CPU)
            observer.Note($"Matrix products run at {environment.Gemm1024Gflops:F1} GFLOP/s, below {EnvironmentRecord.SlowGflops:F0}: expect training to be slow. The BLAS is {environment.Blas}; with the reference BLAS, install OpenBLAS (eng/setup.sh does), else see what else uses the processor.");
    }

    private static void RequireExamples(ITask task, RunOptions options)
    {
        foreach (var (split, examples) in new[] { ("training", task.Training), ("validation", task.Validation), ("test", task.Test) })
        {
            if (examples.Count == 0)
                throw new TaskDataException($"task '{options.Task.Name}'", $"has no {split} examples; each split needs at least one.");
        }
    }

    private static SequenceModel CreateModel(ITask task, RunRequest request)
    {
        manual_seed(request.Options.Seed);
        var model = new SequenceModel(request.Options.Model, new ModelInterface(task.Vocabulary, task.Classes, task.Targets));
        model.RequireTrainable();
        model.to(request.Device);
        model.Precision = request.Options.Training.Precision;
        model.train();
        return model;
    }

    /// <summary>What a session needs beside the parameters.</summary>
    private static void Describe(RunFolder folder, RunRequest request, ITask task, SequenceModel model)
    {
        RunJson.Write(folder.Model, new SavedModel(model.Interface, model.ParameterCount, request.Config["model"]?.DeepClone()));
        if (task.Tokenizer is { } tokenizer)
            AtomicFile.Write(folder.Tokenizer, tokenizer.Save);
    }

    private static RunResult Finish(
        RunFolder folder, RunRequest request, ITask task, SequenceModel model, TrainingLoop loop, CheckpointFolder checkpoints, CancellationToken stop)
    {
        var best = loop.State.Best!;
        checkpoints.RestoreParameters(model, best.Step);
        AtomicFile.Write(folder.Parameters, stream =>
        {
            using var scope = NewDisposeScope();
            Safetensors.Write(stream, model.state_dict());
        });

        var test = loop.Test(stop);
        var longest = task.Training.Longest;
        var result = new RunResult
        {
            Steps = loop.State.Step,
            BestStep = best.Step,
            Validation = best,
            Test = test,
            Parameters = model.ParameterCount,
            Precision = model.Precision,
            Forms = loop.Forms,
            SeesWholeSequence = model.SeesWholeSequence,
            TokensPerSecond = loop.State.Seconds > 0 ? loop.State.Tokens / loop.State.Seconds : 0,
            TrainingSeconds = loop.State.Seconds,
            PeakMemoryBytes = Math.Max(loop.State.PeakMemoryBytes, PeakMemory.Bytes(request.Device)),
            StateBytes = model.StateBytesAfter(longest),
            StateTokens = longest,
        };
        RunJson.Write(folder.Result, result);
        return result;
    }
}
