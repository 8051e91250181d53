using System.Text.Json.Nodes;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Sequence.Harness.Reports;

namespace Sequence.Harness.Tests;

/// <summary>Results as no model gave them, with figures that are easy to check by hand.</summary>
internal static class Some
{
    public static RunResult Result(double accuracy, double loss = 0.5, double tokensPerSecond = 1000, long peak = 1 << 20) => new()
    {
        Steps = 100,
        BestStep = 80,
        Validation = new Evaluation(80, "validation", loss + 0.1, new Dictionary<string, double> { ["accuracy"] = accuracy - 0.1 }, Best: true),
        Test = new Evaluation(80, "test", loss, new Dictionary<string, double> { ["accuracy"] = accuracy, ["macro-f1"] = accuracy / 2 }, Best: false),
        Parameters = 2_734_212,
        TokensPerSecond = tokensPerSecond,
        TrainingSeconds = 12.25,
        PeakMemoryBytes = peak,
        StateBytes = 4096,
        StateTokens = 64,
    };

    public static Cell Done(string model, long seed, RunResult result) => new(model, seed) { Status = CellStatus.Done, Result = result };

    public static ComparisonResults Comparison(params Cell[] cells) => new()
    {
        Name = "quick",
        Command = "sequence compare quick.json --set training.steps=100",
        Config = new JsonObject { ["note"] = "Two models.", ["training"] = new JsonObject { ["steps"] = 100 } },
        Environment = new JsonObject { ["blas"] = "OpenBLAS 0.3.21", ["threads"] = 2, ["cpu"] = new JsonObject { ["model"] = "a | b" } },
        Cells = cells,
    };
}
