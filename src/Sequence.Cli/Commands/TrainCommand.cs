using System.CommandLine;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Cli.Progress;
using Sequence.Framework.Configuration;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Sequence.Harness.Reports;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence train CONFIG</c>: one model on one task.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string> Config = new("CONFIG") { Description = "A run: task, model, training and seed, in JSON." };

    public static Command Create()
    {
        var command = new Command("train", "Trains one model on one task.") { Config };
        command.AddRange(Flags.Training);
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var file = parsed.GetRequiredValue(Config);
        using var host = Hosting.Start(parsed);
        var node = ConfigNode.Load(file, Flags.Laid(parsed));
        var options = host.Bind<RunOptions>(node);
        var device = DeviceChoice.Resolve(parsed.GetValue(Flags.Device)!);
        var task = Preparation.Load(file, options.Task);
        var cell = new Cell(Path.GetFileNameWithoutExtension(file), options.Seed);
        var estimate = Preparation.Estimate(file, "$", options.Model, options.Training, task, device, options.Kernels);
        if (parsed.GetValue(Flags.DryRun))
            return DryRun.Show(parsed, node.ToJson(), [(cell.Model, estimate)], [cell], device);

        using var folder = OutputFolder.Open(OutputFolder.For(parsed.GetValue(Flags.Output), file), node.ToJson(), parsed.GetValue(Flags.Resume));
        using var signals = new StopSignals();
        var request = new RunRequest
        {
            Options = options,
            Config = node.ToJson(),
            Folder = folder.Path,
            Device = device,
            Resume = parsed.GetValue(Flags.Resume),
            Task = task,
        };
        return Interruption.Guard(parsed, () =>
        {
            var view = ProgressViews.Of(parsed);
            var result = view.Watch(() =>
            {
                var found = TrainingRun.Execute(request, view.Begin(cell), signals.Token);
                view.End(cell with { Status = CellStatus.Done, Result = found });
                return found;
            });
            Show(parsed, cell, folder.Path, result);
            return ExitCode.Success;
        });
    }

    private static void Show(ParseResult parsed, Cell cell, string folder, RunResult result)
    {
        if (parsed.GetValue(Flags.Json))
        {
            JsonText.Write(new JsonObject { ["folder"] = folder, ["seed"] = cell.Seed, ["result"] = JsonReport.Result(result) });
            return;
        }

        var screen = Screen.Of(parsed);
        screen.WriteTable(
        [
            ["figure", "value"],
            .. result.Test.Metrics.Select(IReadOnlyList<string> (metric) => [$"test {metric.Key}", $"{metric.Value:0.0000}"]),
            ["test loss", $"{result.Test.Loss:0.0000}"],
            ["chosen step", $"{Amount.Count(result.BestStep)} of {Amount.Count(result.Steps)}"],
            ["parameters", Amount.Count(result.Parameters)],
            ["tokens/s", $"{result.TokensPerSecond:N0}"],
            ["training", Amount.Time(TimeSpan.FromSeconds(result.TrainingSeconds))],
            ["peak memory", Amount.Bytes(result.PeakMemoryBytes)],
            ["state", $"{Amount.Bytes(result.StateBytes)} after {Amount.Count(result.StateTokens)} tokens"],
        ]);
        screen.Profile.Out.Writer.WriteLine($"Written to {folder}");
    }
}
