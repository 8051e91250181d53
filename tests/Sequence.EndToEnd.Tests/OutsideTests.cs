using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

/// <summary>What a plugin's author can do with packages alone.</summary>
public sealed class OutsideTests(Outside outside) : IClassFixture<Outside>
{
    private const int MostLines = 60;

    [Fact]
    public void The_plugin_is_built_without_warnings_and_holds_nothing_of_the_framework()
    {
        Assert.Contains("0 Warning(s)", outside.Built, StringComparison.Ordinal);
        Assert.Equal(["DilatedWindow.dll"], Files("plugins/DilatedWindow", "*.dll"));
        Assert.Equal(["plugin.json"], Files("plugins/DilatedWindow", "plugin.json"));
        Assert.InRange(File.ReadAllLines(Path.Combine(outside.Folder, "DilatedWindow", "DilatedWindow.cs")).Length, 1, MostLines - 1);
    }

    [Fact]
    public void Its_policy_is_listed()
    {
        var policies = Json(outside.Run("policies", "--json")).AsArray();
        var dilated = policies.Single(policy => (string)policy!["name"]! == "dilated-window")!;

        Assert.Equal("DilatedWindow", (string)dilated["plugin"]!);
        Assert.Equal(["budget", "recent", "every"], dilated["options"]!.AsArray().Select(option => (string)option!["name"]!));
    }

    [Fact]
    public void Its_policy_keeps_every_law()
    {
        var grades = Json(outside.Run("verify", "dilated-window", "--json")).AsArray();

        Assert.Superset(
            new HashSet<string>(["within-budget", "past-only", "any-split", "streaming-equals-masked", "held-bytes"]),
            grades.Select(grade => (string)grade!["law"]!).ToHashSet());
        Assert.All(grades, grade => Assert.True((bool)grade!["passed"]!));
    }

    [Fact]
    public void A_model_is_trained_and_goes_on_under_it()
    {
        // 16 entries of D = 16: a key and a value of float32 and a position; and how far the document has come
        const long Held = 16 * (2 * 16 * sizeof(float) + sizeof(long)) + sizeof(long);

        var result = Json(outside.Run("train", "verse.json", "--json"))["result"]!;
        var text = (string)Json(outside.Run("generate", "runs/verse", "--prompt", "the tide ", "--max-tokens", "60", "--json"))["text"]!;

        Assert.Equal(16, (double)result["test"]!["figures"]!["slots"]!);
        Assert.Equal(Held, (long)result["stateBytes"]!);
        Assert.Equal(60, text.Length);
    }

    private static JsonNode Json(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return JsonNode.Parse(outcome.Output)!;
    }

    private IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(outside.Folder, folder), pattern).Select(path => Path.GetFileName(path)!);
}
