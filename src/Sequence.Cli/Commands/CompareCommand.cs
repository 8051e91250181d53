using System.CommandLine;
using Sequence.Cli.Output;
using Sequence.Cli.Progress;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Sequence.Harness.Comparisons;
using Sequence.Harness.Reports;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence compare CONFIG</c>: models times seeds on one task, side by side.</summary>
internal static class CompareCommand
{
    private static readonly Argument<string> Config = new("CONFIG") { Description = "A comparison: task, models, seeds and training, in JSON." };

    public static Command Create()
    {
        var command = new Command("compare", "Trains several models on one task and reports them side by side.") { Config, LawGate.AllowFailing };
        command.AddRange(Flags.Training);
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var file = parsed.GetRequiredValue(Config);
        using var host = Hosting.Start(parsed);
        var setup = ComparisonSetup.Load(host, file, Flags.Laid(parsed));
        var device = DeviceChoice.Resolve(parsed.GetValue(Flags.Device)!);
        var task = Preparation.Load(file, setup.Options.Task);
        var estimates = setup.Contenders.Select(contender =>
            (contender.Name, Preparation.Estimate(file, $"$.models.{contender.Name}", contender.Model, contender.Training, task, device, setup.Options.Kernels))).ToList();
        if (parsed.GetValue(Flags.DryRun))
            return DryRun.Show(parsed, setup.Config, estimates, [.. setup.Cells], device);

        var broken = LawGate.Check(parsed, host, setup.Contenders.Select(contender => (contender.Name, contender.Model)), setup.Options.Kernels, device);
        using var folder = OutputFolder.Open(OutputFolder.For(parsed.GetValue(Flags.Output), file), setup.Config, parsed.GetValue(Flags.Resume));
        folder.Sign(setup.Config);
        using var signals = new StopSignals();
        var comparison = new Comparison(setup, task, TrainingRun.Execute) { BrokenLaws = broken };
        return Interruption.Guard(parsed, () =>
        {
            var view = ProgressViews.Of(parsed);
            var results = view.Watch(() => comparison.Execute(folder.Path, device, CommandLine.Text(parsed), view, signals.Token));
            return Show(parsed, folder.Path, results);
        });
    }

    private static int Show(ParseResult parsed, string folder, ComparisonResults results)
    {
        if (parsed.GetValue(Flags.Json))
        {
            JsonText.Write(JsonReport.Node(results));
        }
        else
        {
            var screen = Screen.Of(parsed);
            screen.WriteTable(MarkdownReport.ModelRows(results).Transposed());
            screen.Profile.Out.Writer.WriteLine($"Report: {Path.Combine(folder, ComparisonReport.Markdown)}");
        }

        var failed = results.Cells.Where(cell => cell.Status == CellStatus.Failed).ToList();
        foreach (var cell in failed)
            Console.Error.WriteLine($"sequence: the cell {cell} failed: {cell.Reason}");
        return failed.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
