using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Running;
using Sequence.Benchmarks;
using Sequence.Benchmarks.Measuring;
using Sequence.Benchmarks.Questions;
using Sequence.Framework.Plugins;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

// Measurements beside PyTorch on the same libtorch, in one run, as ratios. Needs a Python with PyTorch: python3, or the one named in PYTHON.
var quick = new Option<bool>("--quick") { Description = "Fewer rounds and sizes." };
var json = new Option<FileInfo?>("--json") { Description = "Also writes the rows to this file." };
var results = new Option<DirectoryInfo?>("--results") { Description = "Also writes whole runs to this folder, to files named by the machine and the month." };

var root = new RootCommand("Measurements beside PyTorch on the same libtorch, in one run, as ratios.");
root.Subcommands.Add(Verb("operators", "One call of an operator on 16 elements, beside Python.", OperatorOverhead.Run));
root.Subcommands.Add(Verb("transformer-step", "A Transformer's training step, beside the same model in PyTorch.", few =>
{
    using var host = SequenceHost.Start(new HostOptions());
    return TransformerStep.Run(host, few);
}));

var only = new Option<string[]>("--only") { Description = "The questions whose names begin so; written only to files that are named. May be repeated: they are asked in this order.", DefaultValueFactory = _ => [] };
var device = new Option<string>("--device") { Description = "cpu or cuda.", DefaultValueFactory = _ => "cpu" };
device.AcceptOnlyFromAmong("cpu", "cuda");
var type = new Option<string>("--type") { Description = "In which element type: float32 or bfloat16.", DefaultValueFactory = _ => "float32" };
type.AcceptOnlyFromAmong("float32", "bfloat16");
var minutes = new Option<double?>("--minutes") { Description = "After how many minutes no more is asked; what there is then is written, and --resume goes on." };
var markdown = new Option<FileInfo?>("--markdown") { Description = "Also writes a page with machine and versions to this file." };
var resume = new Option<bool>("--resume") { Description = "Goes on where a run that was stopped ended." };
var kernels = new Command("kernels", "Scans, attention, losses, optimizers, mixers and decoding, beside PyTorch and the machine's limits.") { quick, json, markdown, only, resume, results, device, type, minutes };
kernels.SetAction(parsed =>
{
    var (few, names) = (parsed.GetValue(quick), parsed.GetValue(only)!);
    var onGpu = parsed.GetValue(device) == "cuda";
    if (onGpu && !cuda.is_available())
    {
        Console.Error.WriteLine("--device cuda: CUDA is not available here (no NVIDIA GPU, no driver, or a libtorch without CUDA).");
        return 2;
    }

    var setting = new Setting(onGpu ? torch.device("cuda:0") : CPU, parsed.GetValue(type) == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32);
    var budget = parsed.GetValue(minutes) is { } most ? TimeSpan.FromMinutes(most) : TimeSpan.MaxValue;
    var files = ResultFiles.Of(parsed.GetValue(json), parsed.GetValue(markdown), parsed.GetValue(results), $"kernels{(onGpu ? "-cuda" : "")}{(setting.ElementType == ScalarType.BFloat16 ? "-bfloat16" : "")}{(few ? "-quick" : "")}", isWhole: names.Length == 0);
    return Kernels.Run(few, names, parsed.GetValue(resume), files, setting, budget);
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
    var verb = new Command(name, description) { quick, json, results };
    verb.SetAction(parsed =>
    {
        var few = parsed.GetValue(quick);
        IReadOnlyList<Row> rows = [.. run(few).Select(row => row.Checked())];
        Tables.Show(rows);
        if (ResultFiles.Of(parsed.GetValue(json), markdown: null, parsed.GetValue(results), few ? $"{name}-quick" : name, isWhole: true).Json is { } file)
            RowFile.Write(file, rows);
        return rows.All(row => row.Correct) ? 0 : 1;
    });
    return verb;
}
