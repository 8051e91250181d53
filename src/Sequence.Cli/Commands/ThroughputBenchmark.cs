using System.CommandLine;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Framework.Plugins;
using Sequence.Harness.Reports;
using Sequence.Harness.Throughput;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence bench CONFIG</c> of a configuration that says <c>lengths</c>: tokens a second and memory of passes over whole sequences.</summary>
internal static class ThroughputBenchmark
{
    /// <summary>Measures, or says what would be.</summary>
    public static int Run(ParseResult parsed, SequenceHost host, string file)
    {
        var setup = ThroughputSetup.Load(host, file, Flags.Laid(parsed));
        var device = DeviceChoice.Resolve(parsed.GetValue(Flags.Device)!);
        if (parsed.GetValue(Flags.DryRun))
            return Plan(parsed, setup, $"{device}");

        var broken = setup.Options.Models.GroupBy(entry => entry.Value.Kernels ?? setup.Options.Kernels)
            .SelectMany(models => LawGate.Check(parsed, host, models.Select(entry => (entry.Key, entry.Value.Model)), models.Key, device)).ToList();
        using var folder = OutputFolder.Open(OutputFolder.For(parsed.GetValue(Flags.Output), file), setup.Config, parsed.GetValue(Flags.Resume));
        folder.Sign(setup.Config);
        using var signals = new StopSignals();
        var bench = new ThroughputBench(setup) { BrokenLaws = broken };
        return Interruption.Guard(parsed, () =>
        {
            var screen = Screen.Of(parsed);
            var writer = screen.Profile.Out.Writer;
            var results = bench.Execute(folder.Path, device, CommandLine.Text(parsed), words => writer.WriteLine($"{setup.Name}: {words}"), signals.Token);
            if (parsed.GetValue(Flags.Json))
            {
                JsonText.Write(ThroughputReport.Rows(results));
                return ExitCode.Success;
            }

            writer.WriteLine("Tokens a second by length, training:");
            screen.WriteTable(ThroughputReport.Speeds(results, ThroughputPass.Training));
            writer.WriteLine($"Report: {Path.Combine(folder.Path, ComparisonReport.Markdown)}");
            return ExitCode.Success;
        });
    }

    private static int Plan(ParseResult parsed, ThroughputSetup setup, string device)
    {
        if (parsed.GetValue(Flags.Json))
        {
            JsonText.Write(new JsonObject
            {
                ["device"] = device,
                ["models"] = new JsonArray([.. setup.Parameters.Select(each => new JsonObject { ["model"] = each.Key, ["parameters"] = each.Value })]),
                ["config"] = setup.Config,
            });
            return ExitCode.Success;
        }

        var screen = Screen.Of(parsed);
        var writer = screen.Profile.Out.Writer;
        writer.WriteLine(JsonText.Of(setup.Config));
        screen.WriteTable([["model", "parameters"], .. setup.Parameters.Select(IReadOnlyList<string> (each) => [each.Key, Amount.Count(each.Value)])]);
        writer.WriteLine($"{setup.Parameters.Count} models at {setup.Options.Lengths.Count} lengths, {Amount.Count(setup.Options.BatchTokens)} tokens a batch, on {device}. Nothing was measured.");
        return ExitCode.Success;
    }
}
