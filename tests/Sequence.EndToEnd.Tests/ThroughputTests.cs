using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class ThroughputTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public ThroughputTests() => _workspace.Write("bench.json", """
        {
          "models": {
            "mipt": { "model": { "dModel": 16, "blocks": [{ "mixer": "mipt" }], "norm": "rms" } },
            "short": { "model": { "dModel": 16, "blocks": [{ "mixer": { "name": "attention", "heads": 2 } }], "norm": "rms", "learnedPositions": 32 }, "kernels": "reference" }
          },
          "lengths": [16, 64],
          "batchTokens": 128,
          "rounds": 3,
          "threads": 1
        }
        """);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Passes_are_timed_by_length_and_one_that_fails_is_a_row_that_says_so()
    {
        var outcome = _workspace.Run("bench", "bench.json", "--device", "cpu", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var rows = JsonNode.Parse(outcome.Output)!.AsArray().ToDictionary(row => ((string)row!["model"]!, (int)row["length"]!, (string)row["pass"]!), row => row!);
        Assert.Equal(2 * 2 * 2, rows.Count);
        foreach (var ((model, length, _), row) in rows)
        {
            Assert.Equal(128 / length, (int)row["rows"]!);
            if ((model, length) == ("short", 64))
            {
                Assert.NotEmpty((string)row["failed"]!);
                Assert.Null(row["tokensPerSecond"]);
                continue;
            }

            Assert.Null(row["failed"]);
            Assert.StartsWith(model == "mipt" ? "mipt: fused" : "attention: ", (string)row["forms"]!, StringComparison.Ordinal);
            Assert.Equal(3, row["milliseconds"]!.AsArray().Count);
            Assert.Equal(128_000 / (double)row["medianMs"]!, (double)row["tokensPerSecond"]!, 1e-6 * (double)row["tokensPerSecond"]!);
        }

        Assert.Contains("- short at 64, training: ", _workspace.Read("runs/bench/report.md"), StringComparison.Ordinal);
        Assert.Equal("sequence-throughput/1", (string)JsonNode.Parse(_workspace.Read("runs/bench/results.json"))!["schema"]!);
    }

    [Fact]
    public void Lengths_that_are_done_are_kept_when_a_benchmark_goes_on()
    {
        Assert.Equal(0, _workspace.Run("bench", "bench.json", "--device", "cpu").ExitCode);
        var lines = _workspace.Read("runs/bench/journal.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        // the second length is cut off in the middle of its line
        _workspace.Write("runs/bench/journal.jsonl", $"{lines[0]}\n{lines[1][..20]}");

        Assert.Equal(0, _workspace.Run("bench", "bench.json", "--device", "cpu", "--resume").ExitCode);

        var again = _workspace.Read("runs/bench/journal.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines[0], again[0]);
        Assert.Equal(2, again.Length);
    }

    [Fact]
    public void A_length_that_does_not_divide_the_tokens_is_bad_input()
    {
        var outcome = _workspace.Run("bench", "bench.json", "--set", "lengths=[16,48]");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("128 tokens are no whole number of sequences of 48", outcome.Error, StringComparison.Ordinal);
    }
}
