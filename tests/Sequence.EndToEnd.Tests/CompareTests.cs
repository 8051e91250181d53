using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class CompareTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_comparison_leaves_a_report_in_three_forms()
    {
        var outcome = _workspace.Run("compare", "compare.json");

        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain('\e', outcome.Output);
        Assert.Equal(1 + 4, _workspace.Read("runs/compare/results.csv").TrimEnd('\n').Split('\n').Length);
        Assert.Contains("2 models, 2 seeds; 4 of 4 cells done.", _workspace.Read("runs/compare/report.md"), StringComparison.Ordinal);

        var results = JsonNode.Parse(_workspace.Read("runs/compare/results.json"))!;
        Assert.Equal(["transformer", "mipt"], results["models"]!.AsArray().Select(model => (string)model!["model"]!));
        Assert.All(results["models"]!.AsArray(), model => Assert.Equal(2, (int)model!["metrics"]!["accuracy"]!["n"]!));
        Assert.All(results["cells"]!.AsArray(), cell => Assert.Equal("done", (string)cell!["status"]!));
        Assert.NotNull(results["environment"]);
    }

    [Fact]
    public void Training_of_a_model_lies_over_what_all_share()
    {
        _workspace.Run("compare", "compare.json", "--set", "seeds=[1]");

        Assert.Equal(0.005, LearningRate("mipt"));
        Assert.Equal(0.002, LearningRate("transformer"));

        double LearningRate(string model) =>
            (double)JsonNode.Parse(_workspace.Read($"runs/compare/cells/{model}-seed-1/config.json"))!["training"]!["learningRate"]!;
    }

    [Fact]
    public void Json_prints_nothing_but_json()
    {
        var outcome = _workspace.Run("compare", "compare.json", "--json");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("sequence-comparison/1", (string)JsonNode.Parse(outcome.Output)!["schema"]!);
    }

    [Fact]
    public void A_dry_run_counts_everything_and_trains_nothing()
    {
        var outcome = _workspace.Run("compare", "compare.json", "--dry-run", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var plan = JsonNode.Parse(outcome.Output)!;
        Assert.Equal(4, (int)plan["cells"]!);
        Assert.Equal(16, (int)plan["config"]!["models"]!["mipt"]!["model"]!["dModel"]!);
        var models = plan["models"]!.AsArray().ToDictionary(model => (string)model!["model"]!, model => model!);
        Assert.All(models.Values, model => Assert.True((long)model["parameters"]! > 1_000));
        Assert.Equal(StateBytes("mipt", 64), StateBytes("mipt", 16_384));
        Assert.True(StateBytes("transformer", 64) < StateBytes("transformer", 16_384));
        Assert.False(Directory.Exists(_workspace["runs"]));

        long StateBytes(string model, long tokens) =>
            (long)models[model]["stateBytes"]!.AsArray().Single(entry => (long)entry!["tokens"]! == tokens)!["bytes"]!;
    }

    [Fact]
    public void A_dry_run_lists_the_stack_depth_by_depth()
    {
        _workspace.Write("mipt.json", """
            {
              "dModel": 16,
              "blocks": [{ "repeat": 2, "pattern": [{ "mixer": "mipt", "residual": "sandwich" }, { "tied": true, "mixer": "attention", "channelMixer": "mlp" }] }],
              "norm": "rms",
              "readOut": "mean"
            }
            """);

        var machine = _workspace.Run("compare", "compare.json", "--dry-run", "--json");
        var people = _workspace.Run("compare", "compare.json", "--dry-run");

        var models = JsonNode.Parse(machine.Output)!["models"]!.AsArray().ToDictionary(model => (string)model!["model"]!, model => model!);
        var layers = models["mipt"]["layers"]!.AsArray();
        Assert.Equal(["mipt", "attention", "mipt", "attention"], layers.Select(layer => (string)layer!["mixer"]!));
        Assert.Equal(["constant", "linear", "constant", "linear"], layers.Select(layer => (string)layer!["growth"]!));
        Assert.Equal(["sandwich", "pre-norm"], layers.Take(2).Select(layer => (string)layer!["residual"]!));
        Assert.Equal([null, null, null, 1], layers.Select(layer => (int?)layer!["sharedWith"]));
        Assert.Equal("blocks[0].pattern[1]", (string)layers[3]!["key"]!);
        var bytes = layers[1]!["stateBytes"]!.AsArray();
        // 64 times the entries, and the count of tokens that a cache keeps of its row
        Assert.Equal(64, ((long)bytes[1]!["bytes"]! - sizeof(long)) / ((long)bytes[0]!["bytes"]! - sizeof(long)));
        // beside the stack there are the embedding, the norm of the head and the head
        var own = layers.Where(layer => layer!["sharedWith"] is null).Sum(layer => (long)layer!["parameters"]!);
        Assert.InRange((long)models["mipt"]["parameters"]! - own, 16 * 4, (long)models["mipt"]["parameters"]! / 2);
        Assert.Contains("those of depth 1", people.Output, StringComparison.Ordinal);
        Assert.Contains("blocks[0].pattern[0]", people.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_cell_is_recorded_and_the_others_go_on()
    {
        _workspace.Write("transformer.json", _workspace.Read("transformer.json").Replace("\"norm\"", "\"learnedPositions\": 2, \"norm\"", StringComparison.Ordinal));

        var outcome = _workspace.Run("compare", "compare.json", "--set", "seeds=[1]");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("the cell transformer, seed 1 failed: ", outcome.Error, StringComparison.Ordinal);
        var cells = JsonNode.Parse(_workspace.Read("runs/compare/cells.json"))!["cells"]!.AsArray();
        Assert.Equal(["failed", "done"], cells.Select(cell => (string)cell!["status"]!));
        Assert.Contains("learnedPositions", (string)cells[0]!["reason"]!, StringComparison.Ordinal);
        Assert.Contains("## Failed cells", _workspace.Read("runs/compare/report.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_results_is_neither_mixed_nor_overwritten()
    {
        string[] small = ["compare", "compare.json", "--set", "seeds=[1]"];
        Assert.Equal(0, _workspace.Run(small).ExitCode);

        var again = _workspace.Run(small);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("--resume", again.Error, StringComparison.Ordinal);

        var other = _workspace.Run([.. small, "--resume", "--set", "training.steps=7"]);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("$.training.steps was 6 and is 7", other.Error, StringComparison.Ordinal);
        Assert.Contains("--output", other.Error, StringComparison.Ordinal);

        Assert.Equal(0, _workspace.Run([.. small, "--set", "training.steps=7", "--output", "elsewhere"]).ExitCode);
        Assert.True(File.Exists(_workspace["elsewhere/report.md"]));
    }

    [Fact]
    public void Resuming_keeps_cells_that_are_done()
    {
        string[] small = ["compare", "compare.json", "--set", "seeds=[1]"];
        Assert.Equal(0, _workspace.Run(small).ExitCode);
        var result = File.GetLastWriteTimeUtc(_workspace["runs/compare/cells/mipt-seed-1/result.json"]);
        var figures = _workspace.Read("runs/compare/results.csv");

        Assert.Equal(0, _workspace.Run([.. small, "--resume"]).ExitCode);

        Assert.Equal(result, File.GetLastWriteTimeUtc(_workspace["runs/compare/cells/mipt-seed-1/result.json"]));
        Assert.Equal(figures, _workspace.Read("runs/compare/results.csv"));
    }
}
