using System.CommandLine;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Harness.Decoding;
using Sequence.Harness.Reports;
using Sequence.Harness.Throughput;

namespace Sequence.Cli.Commands;

/// <summary><c>sequence bench CONFIG</c>: how long a token takes and what is held, by position, of models under cache policies, without training.</summary>
internal static class BenchCommand
{
    private static readonly Argument<string> Config = new("CONFIG") { Description = "A benchmark, in JSON: models and positions (decoding, under cache policies), or models and lengths (passes over whole sequences)." };

    public static Command Create()
    {
        var command = new Command("bench", "Measures decoding (time per token and bytes of state by position, of models under cache policies) or passes over whole sequences (tokens a second and memory by length).") { Config, LawGate.AllowFailing };
        command.AddRange(Flags.Training);
        command.AddRange(Flags.Everywhere);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var file = parsed.GetRequiredValue(Config);
        using var host = Hosting.Start(parsed);
        if (ThroughputSetup.Takes(file, Flags.Laid(parsed)))
            return ThroughputBenchmark.Run(parsed, host, file);
        var setup = DecodeSetup.Load(host, file, Flags.Laid(parsed));
        var device = DeviceChoice.Resolve(parsed.GetValue(Flags.Device)!);
        if (parsed.GetValue(Flags.DryRun))
            return Plan(parsed, setup, $"{device}");

        var broken = LawGate.Check(parsed, host, setup.Contenders.Select(contender => ($"{contender}", contender.Verified)), setup.Options.Kernels, device);
        using var folder = OutputFolder.Open(OutputFolder.For(parsed.GetValue(Flags.Output), file), setup.Config, parsed.GetValue(Flags.Resume));
        folder.Sign(setup.Config);
        using var signals = new StopSignals();
        var bench = new DecodeBench(setup) { BrokenLaws = broken };
        return Interruption.Guard(parsed, () =>
        {
            var writer = Screen.Of(parsed).Profile.Out.Writer;
            var results = bench.Execute(folder.Path, device, CommandLine.Text(parsed), words => writer.WriteLine($"{setup.Name}: {words}"), signals.Token);
            if (parsed.GetValue(Flags.Json))
            {
                JsonText.Write(DecodeReport.Rows(results));
                return ExitCode.Success;
            }

            Screen.Of(parsed).WriteTable(DecodeReport.Times(results));
            writer.WriteLine($"Report: {Path.Combine(folder.Path, ComparisonReport.Markdown)}");
            return ExitCode.Success;
        });
    }

    private static int Plan(ParseResult parsed, DecodeSetup setup, string device)
    {
        if (parsed.GetValue(Flags.Json))
        {
            JsonText.Write(new JsonObject
            {
                ["device"] = device,
                ["contenders"] = new JsonArray([.. setup.Contenders.Select(contender => new JsonObject
                {
                    ["mixer"] = contender.Mixer,
                    ["policy"] = contender.PolicyName,
                    ["parameters"] = setup.Parameters[contender],
                })]),
                ["config"] = setup.Config,
            });
            return ExitCode.Success;
        }

        var screen = Screen.Of(parsed);
        var writer = screen.Profile.Out.Writer;
        writer.WriteLine(JsonText.Of(setup.Config));
        screen.WriteTable(
        [
            ["model", "policy", "parameters"],
            .. setup.Contenders.Select(IReadOnlyList<string> (contender) => [contender.Mixer, contender.PolicyName ?? "its own", Amount.Count(setup.Parameters[contender])]),
        ]);
        writer.WriteLine($"{setup.Contenders.Count} contenders at {setup.Options.Positions.Count} positions, {Amount.Count(setup.Options.Tokens)} tokens each, on {device}. Nothing was measured.");
        return ExitCode.Success;
    }
}
