using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class PoliciesTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Json_lists_policies_with_their_options()
    {
        var outcome = _workspace.Run("policies", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var policies = JsonNode.Parse(outcome.Output)!.AsArray().ToDictionary(each => $"{each!["kind"]} {each["name"]}", each => each!);
        Assert.Superset(
            new HashSet<string>(
                ((string[])["full", "sliding-window", "attention-sink", "heavy-hitter", "tova", "snapkv", "key-norm", "random", "gate-top-k", "gate-threshold", "quantized", "union", "prefill-decode",
                    "first-k-layers", "per-layer"]).Select(name => $"cache-policy {name}").Append("state-policy precision").Append("state-policy bounded-roots")),
            policies.Keys.ToHashSet());

        var sink = policies["cache-policy attention-sink"];
        Assert.Equal("Sequence.CachePolicies", (string)sink["plugin"]!);
        Assert.Contains("2309.17453", (string)sink["description"]!, StringComparison.Ordinal);
        var budget = sink["options"]!.AsArray().Single(option => (string)option!["name"]! == "budget")!;
        Assert.Equal("whole number or object", (string)budget["type"]!);
        Assert.Equal(256, (long)budget["default"]!);
        var positions = sink["options"]!.AsArray().Single(option => (string)option!["name"]! == "positions")!;
        Assert.Equal("original or cache", (string)positions["type"]!);
    }

    [Fact]
    public void Layers_share_a_budget_by_weight()
    {
        // 12 and 4 of 10 tokens, where equal shares are 8 and 8
        _workspace.Write("shared.json", """
            {
              "task": { "name": "language-model", "text": "verse.txt", "tokenizer": "character", "sequenceLength": 10 },
              "model": {
                "dModel": 16,
                "blocks": [{ "repeat": 2, "mixer": { "name": "attention", "heads": 2 } }],
                "norm": "rms",
                "cache": { "name": "sliding-window", "budget": { "tokens": 8, "layers": [3, 1] } }
              },
              "training": { "steps": 1, "batchSize": 2, "threads": 1 }
            }
            """);
        var outcome = _workspace.Run("train", "shared.json", "--json");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal((10 + 4) / 2.0, (double)JsonNode.Parse(outcome.Output)!["result"]!["test"]!["figures"]!["slots"]!);
    }

    [Fact]
    public void The_list_for_people_has_a_line_each()
    {
        var outcome = _workspace.Run("policies");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("tova (Sequence.CachePolicies): What the last query attends to most", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', outcome.Output);
    }
}
