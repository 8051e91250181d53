using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sequence.Benchmarks;
using Sequence.Framework.Plugins;
using Spectre.Console;

// Measurements beside PyTorch on the same libtorch, in one run, as ratios. Needs a Python with PyTorch: python3, or the one named in PYTHON.
var quick = new Option<bool>("--quick") { Description = "Fewer rounds." };
var json = new Option<FileInfo?>("--json") { Description = "Also writes the rows to this file." };

var root = new RootCommand("Measurements beside PyTorch on the same libtorch, in one run, as ratios.");
root.Subcommands.Add(Verb("operators", "One call of an operator on 16 elements, beside Python.", OperatorOverhead.Run));
root.Subcommands.Add(Verb("transformer-step", "A Transformer's training step, beside the same model in PyTorch.", few =>
{
    using var host = SequenceHost.Start(new HostOptions());
    return TransformerStep.Run(host, few);
}));

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
    verb.SetAction(parsed =>
    {
        var rows = run(parsed.GetValue(quick));
        Print(rows);
        if (parsed.GetValue(json) is { } file)
            File.WriteAllText(file.FullName, JsonSerializer.Serialize(rows, JsonSerializerOptions.Web));
        return rows.All(row => row.Correct) ? 0 : 1;
    });
    return verb;
}

static void Print(IReadOnlyList<Row> rows)
{
    var table = new Table().AddColumns("benchmark", "ours, ms", "peer", "peer, ms", "ours / peer");
    foreach (var row in rows)
    {
        // no figure of a row whose values are wrong
        table.AddRow(row.Correct
            ? [row.Benchmark, Milliseconds(row.OursMs), row.Peer, Milliseconds(row.PeerMs), $"{row.Ratio:0.000}"]
            : [row.Benchmark, "values differ", row.Peer, "", ""]);
    }

    AnsiConsole.Write(table);
}

static string Milliseconds(double? value) => value is null ? "" : value < 0.1 ? $"{value:0.000000}" : $"{value:0.00}";
