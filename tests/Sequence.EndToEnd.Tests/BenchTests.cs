using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class BenchTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public BenchTests() => _workspace.Write("bench.json", """
        {
          "note": "Two tiny models.",
          "models": {
            "attention": {
              "model": { "dModel": 16, "blocks": [{ "mixer": { "name": "attention", "heads": 2 } }], "norm": "rms" },
              "policies": { "full": "full", "window": { "name": "sliding-window", "budget": 8 } }
            },
            "mipt": { "model": { "dModel": 16, "blocks": [{ "mixer": "mipt" }], "norm": "rms" } }
          },
          "positions": [16, 64],
          "tokens": 8,
          "turn": 4,
          "piece": 10,
          "threads": 1
        }
        """);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_benchmark_gives_time_and_bytes_by_position()
    {
        var outcome = _workspace.Run("bench", "bench.json", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var rows = JsonNode.Parse(outcome.Output)!.AsArray();
        Assert.Equal(
            [("attention", "full", 16), ("attention", "full", 64), ("attention", "window", 16), ("attention", "window", 64), ("mipt", null, 16), ("mipt", null, 64)],
            rows.Select(row => ((string)row!["mixer"]!, (string?)row["policy"], (int)row["position"]!)));
        Assert.All(rows, row => Assert.True((double)row!["msPerToken"]! > 0));
        var bytes = rows.Select(row => (long)row!["stateBytes"]!).ToList();
        Assert.True(bytes[1] > 3 * bytes[0], "the cache does not grow with its tokens");
        Assert.Equal(bytes[2], bytes[3]);
        Assert.Equal(bytes[4], bytes[5]);
        // h, real and imaginary, 16 channels of four bytes
        Assert.Equal(2 * 16 * 4, bytes[4]);

        var report = _workspace.Read("runs/bench/report.md");
        Assert.Contains("attention under window", report, StringComparison.Ordinal);
        Assert.Contains("Two tiny models.", report, StringComparison.Ordinal);
        Assert.Equal(1 + 6, _workspace.Read("runs/bench/results.csv").TrimEnd('\n').Split('\n').Length);
        var results = JsonNode.Parse(_workspace.Read("runs/bench/results.json"))!;
        Assert.Equal("sequence-decoding/1", (string)results["schema"]!);
        Assert.All(results["turns"]!.AsArray(), turns => Assert.Equal(2, turns!["msPerToken"]!.AsArray().Count));
    }

    [Fact]
    public void What_was_measured_is_kept_when_a_benchmark_goes_on()
    {
        Assert.Equal(0, _workspace.Run("bench", "bench.json").ExitCode);
        var whole = _workspace.Read("runs/bench/journal.jsonl");
        var lines = whole.TrimEnd('\n').Split('\n');
        _workspace.Write("runs/bench/journal.jsonl", string.Concat(lines[..^1].Select(line => line + "\n")) + lines[^1][..5]);

        var again = _workspace.Run("bench", "bench.json", "--resume");

        Assert.Equal(0, again.ExitCode);
        var now = _workspace.Read("runs/bench/journal.jsonl").TrimEnd('\n').Split('\n');
        Assert.Equal(lines[..^1], now[..^1]);
        Assert.Equal(lines.Length, now.Length);
        Assert.Equal(2, _workspace.Run("bench", "bench.json").ExitCode);
    }

    [Fact]
    public void A_dry_run_counts_and_measures_nothing()
    {
        var outcome = _workspace.Run("bench", "bench.json", "--dry-run", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var contenders = JsonNode.Parse(outcome.Output)!["contenders"]!.AsArray();
        Assert.Equal(3, contenders.Count);
        Assert.All(contenders, contender => Assert.True((long)contender!["parameters"]! > 1_000));
        Assert.False(Directory.Exists(_workspace["runs"]));
    }

    [Theory]
    [InlineData("turn=3", "whole number of turns")]
    [InlineData("positions=[64,16]", "do not rise")]
    [InlineData("positions=[4,16]", "warm up")]
    [InlineData("models.mipt.policies={\"full\":\"full\"}", "$.models.mipt")]
    [InlineData("models.mipt.model.readOut=\"mean\"", "$.models.mipt")]
    public void What_cannot_be_measured_is_refused_with_its_place(string set, string message)
    {
        var outcome = _workspace.Run("bench", "bench.json", "--set", set);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }
}
