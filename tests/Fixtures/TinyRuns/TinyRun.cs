using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Blocks;
using Sequence.Components;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Mixers;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Fixtures.TinyRuns;

/// <summary>A run of seconds: two leaky blocks with dropout, a few dozen steps.</summary>
public static class TinyRun
{
    public static TrainingOptions Training { get; } = new()
    {
        Steps = 40, BatchSize = 8, LearningRate = 0.02, EvaluateEvery = 9, CheckpointEvery = 4, Threads = 2,
    };

    public static Component<SequenceMixer> Leaky => new("leaky", new(), context => new LeakyMixer(context.Width));

    public static RunRequest Request(string folder, TargetKind targets = TargetKind.Sequence, TrainingOptions? training = null, ITask? task = null, params Component<SequenceMixer>[] mixers)
    {
        training ??= Training;
        var model = new ModelOptions
        {
            DModel = 16,
            Norm = new("plain", new(), context => new PlainNorm(context.Width)),
            ReadOut = targets == TargetKind.Sequence ? new Component<ReadOut>("last", new(), _ => new LastReadOut()) : null,
            Dropout = 0.1,
            Blocks = [.. (mixers.Length > 0 ? mixers : [Leaky, Leaky]).Select(mixer => new BlockOptions { Mixer = mixer })],
        };
        var made = task ?? new TinyTask(targets);
        return new RunRequest
        {
            Options = new RunOptions { Task = new("tiny", new(), _ => made), Model = model, Training = training, Seed = 11 },
            Config = new JsonObject { ["model"] = new JsonObject { ["dModel"] = 16 }, ["training"] = JsonSerializer.SerializeToNode(training) },
            Folder = folder,
            Device = CPU,
        };
    }
}
