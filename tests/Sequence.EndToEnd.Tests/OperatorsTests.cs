using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class OperatorsTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Json_lists_operators_with_what_they_declare()
    {
        var outcome = _workspace.Run("operators", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var operators = JsonNode.Parse(outcome.Output)!.AsArray().ToDictionary(each => $"{each!["kind"]} {each["name"]}", each => each!);

        var transformer = operators["aggregator transformer"];
        Assert.Equal("Sequence.TransformerPsm", (string)transformer["plugin"]!);
        Assert.False((bool)transformer["associative"]!);
        Assert.Null(transformer["transition"]);
        Assert.Equal(["auto", "level", "counter"], transformer["schedules"]!.AsArray().Select(schedule => (string)schedule!));
        Assert.Equal("mlp", (string)Option(transformer, "channelMixer")["default"]!);
        Assert.True((bool)Option(transformer, "bidirectional")["default"]!);

        Assert.False((bool)operators["aggregator gated-tree"]["associative"]!);

        var mipt = operators["mixer mipt"];
        Assert.True((bool)mipt["associative"]!);
        Assert.False((bool)mipt["commutative"]!);
        Assert.Equal("complex-decay", (string)mipt["transition"]!);
        Assert.Contains("fold", mipt["schedules"]!.AsArray().Select(schedule => (string)schedule!));

        Assert.DoesNotContain("mixer attention", operators.Keys);
        Assert.DoesNotContain("mixer psm", operators.Keys);

        static JsonNode Option(JsonNode each, string name) => each["options"]!.AsArray().Single(option => (string)option!["name"]! == name)!;
    }

    [Fact]
    public void The_list_for_people_says_the_algebra()
    {
        var outcome = _workspace.Run("operators");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("exactly bracketed; on chunk-state; schedules auto, level, counter", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("associative; E complex-decay on complex-state", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', outcome.Output);
    }
}
