using System.CommandLine;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Running;
using Sequence.Benchmarks;
using Sequence.Benchmarks.Measuring;
using Sequence.Benchmarks.Questions;
using Sequence.Framework.Plugins;
using Spectre.Console;
using static TorchSharp.torch;

// Measurements beside PyTorch on the same libtorch, in one run, as ratios. Needs a Python with PyTorch: python3, or the one named in PYTHON.
var quick = new Option<bool>("--quick") { Description = "Fewer rounds and sizes." };
var json = new Option<FileInfo?>("--json") { Description = "Also writes the rows to this file." };

var root = new RootCommand("Measurements beside PyTorch on the same libtorch, in one run, as ratios.");
root.Subcommands.Add(Verb("operators", "One call of an operator on 16 elements, beside Python.", OperatorOverhead.Run));
root.Subcommands.Add(Verb("transformer-step", "A Transformer's training step, beside the same model in PyTorch.", few =>
{
    using var host = SequenceHost.Start(new HostOptions());
    return TransformerStep.Run(host, few);
}));

var only = new Option<string>("--only") { Description = "The questions whose names begin so.", DefaultValueFactory = _ => "" };
var markdown = new Option<FileInfo?>("--markdown") { Description = "Also writes a report with machine and versions to this file." };
var kernels = new Command("kernels", "Scans, attention, losses, optimizers, mixers and decoding, beside PyTorch and the machine's limits.") { quick, json, markdown, only };
kernels.SetAction(parsed =>
{
    set_num_threads(Environment.ProcessorCount);
    using var host = SequenceHost.Start(new HostOptions());
    using var limits = new MachineLimits();
    var measured = $"{limits}";
    AnsiConsole.MarkupLineInterpolated($"limits of the machine: {measured}");

    var contest = new Contest(limits, parsed.GetValue(quick));
    List<Row> rows = [];
    foreach (var question in AllQuestions.Of(host).Where(question => question.Name.StartsWith(parsed.GetValue(only)!, StringComparison.Ordinal)))
    {
        if (parsed.GetValue(quick) && !question.IsQuick)
            continue;
        var start = Stopwatch.GetTimestamp();
        rows.AddRange(contest.Ask(question));
        AnsiConsole.MarkupLineInterpolated($"{question.Name}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
    }

    var command = string.Concat("benchmarks/run.sh", parsed.GetValue(quick) ? " --quick" : "", parsed.GetValue(only) is { Length: > 0 } name ? $" --only {name}" : "");
    if (parsed.GetValue(markdown) is { } page)
        File.WriteAllText(page.FullName, $"{new Report(rows, command, measured)}");
    return Finish(rows, parsed.GetValue(json));
});
root.Subcommands.Add(kernels);

var alone = new Command("bdn", "Ours alone, with the statistics and the arguments of BenchmarkDotNet: bdn --filter '*selective-scan*'.") { TreatUnmatchedTokensAsErrors = false };
alone.SetAction(parsed => { BenchmarkSwitcher.FromTypes([typeof(Alone)]).Run([.. parsed.UnmatchedTokens], Alone.Config); });
root.Subcommands.Add(alone);

var mixers = new Argument<FileInfo>("CONFIG") { Description = "The mixers to try.", DefaultValueFactory = _ => new FileInfo("configs/bench/state-growth.json") };
var growth = new Command("state-growth", "Bytes of state by tokens seen, counted in the tensors, for every mixer of a file.") { mixers, json };
growth.SetAction(parsed =>
{
    using var host = SequenceHost.Start(new HostOptions());
    var rows = StateGrowth.Run(host, parsed.GetValue(mixers)!.FullName);
    AnsiConsole.Write(StateGrowth.Table(rows));
    if (parsed.GetValue(json) is { } file)
        File.WriteAllText(file.FullName, JsonSerializer.Serialize(rows, new JsonSerializerOptions(JsonSerializerOptions.Web) { Converters = { new JsonStringEnumConverter() } }));
    return rows.All(row => row.Measured == row.Declared) ? 0 : 1;
});
root.Subcommands.Add(growth);
return root.Parse(args).Invoke();

Command Verb(string name, string description, Func<bool, IReadOnlyList<Row>> run)
{
    var verb = new Command(name, description) { quick, json };
    verb.SetAction(parsed => Finish(run(parsed.GetValue(quick)), parsed.GetValue(json)));
    return verb;
}

static int Finish(IReadOnlyList<Row> rows, FileInfo? json)
{
    // a file has room for every column
    if (!AnsiConsole.Profile.Out.IsTerminal)
        AnsiConsole.Profile.Width = 240;
    rows = [.. rows.Select(row => row.Checked())];
    AnsiConsole.Write(new RowTable(rows).ToConsole());
    if (json is not null)
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        File.WriteAllText(json.FullName, JsonSerializer.Serialize(rows, options));
    }

    return rows.All(row => row.Correct) ? 0 : 1;
}
