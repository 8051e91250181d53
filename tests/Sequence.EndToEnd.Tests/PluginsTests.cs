using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class PluginsTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Json_lists_every_plugin_with_its_health_and_components()
    {
        var outcome = _workspace.Run("plugins", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var plugins = JsonNode.Parse(outcome.Output)!.AsArray();
        Assert.All(plugins, plugin => Assert.Equal("Active", (string)plugin!["health"]!));
        Assert.All(plugins, plugin => Assert.NotEqual("", (string)plugin!["version"]!));
        var components = plugins.SelectMany(plugin => plugin!["components"]!.AsArray()).Select(component => $"{component!["kind"]} {component["name"]}").ToList();
        Assert.Contains("mixer attention", components);
        Assert.Contains("mixer mipt", components);
        Assert.Contains("task text-classification", components);
    }

    [Fact]
    public void Piped_tables_hold_no_escape_codes()
    {
        var outcome = _workspace.Run("plugins");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("Active", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', outcome.Output);
    }

    [Fact]
    public void Tasks_are_listed_with_their_options()
    {
        var outcome = _workspace.Run("tasks", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var task = JsonNode.Parse(outcome.Output)!.AsArray().Single(task => (string)task!["name"]! == "text-classification")!;
        var options = task["options"]!.AsArray().ToDictionary(option => (string)option!["name"]!, option => option!);
        Assert.True((bool)options["train"]["required"]!);
        Assert.Equal("file", (string)options["train"]["type"]!);
        Assert.False((bool)options["maxLength"]["required"]!);
        Assert.Equal(256, (int)options["maxLength"]["default"]!);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("compare")]
    [InlineData("generate")]
    [InlineData("plugins")]
    [InlineData("verify")]
    [InlineData("tasks")]
    [InlineData("operators")]
    public void Every_verb_explains_itself(string verb)
    {
        var outcome = _workspace.Run(verb, "--help");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("--json", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("--plugins", outcome.Output, StringComparison.Ordinal);
    }
}
