using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class KernelsTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Json_lists_the_forms_of_each_kernel()
    {
        var outcome = _workspace.Run("kernels", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var scan = JsonNode.Parse(outcome.Output)!.AsArray().Single(kernel => (string)kernel!["name"]! == "diagonal-scan")!;
        Assert.Contains("scan", (string)scan["reference"]!, StringComparison.Ordinal);
        Assert.Equal(["cpu", "cuda"], scan["fused"]!.AsArray().Select(form => (string)form!["device"]!));
        Assert.All(scan["fused"]!.AsArray(), form => Assert.Contains("float32", form!["elements"]!.AsArray().Select(element => (string)element!)));
        Assert.Null(scan["fused"]![0]!["missing"]);
    }

    [Fact]
    public void A_machine_without_a_gpu_is_told_what_is_missing()
    {
        var forms = JsonNode.Parse(_workspace.Run("kernels", "--json").Output)!.AsArray().SelectMany(kernel => kernel!["fused"]!.AsArray());
        if (forms.First(form => (string)form!["device"]! == "cuda")!["missing"] is not { } missing)
            return;

        Assert.Contains((string)missing!, _workspace.Run("kernels").Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_tries_the_laws_in_the_form_that_is_asked_for()
    {
        var fused = Forms("mipt", "fused");
        var reference = Forms("mipt", "reference");

        Assert.All(fused, form =>
        {
            Assert.True((bool)form["fused"]!);
            Assert.Null(form["whyNotFused"]);
        });
        Assert.All(reference, form =>
        {
            Assert.False((bool)form["fused"]!);
            Assert.Equal("kernels: reference", (string)form["whyNotFused"]!);
        });
        Assert.Equal(Names(fused), Names(reference));
        Assert.NotEmpty(Names(fused));

        static IEnumerable<string> Names(IEnumerable<JsonNode> forms) => forms.Select(form => (string)form["kernel"]!).Distinct();
    }

    [Theory]
    [InlineData("sound", "no kernel ran")]
    [InlineData("sound-tree", null)]
    public void Verify_says_of_a_mixer_without_a_fused_form_that_none_ran(string mixer, string? reason)
    {
        var form = Assert.Single(Forms(mixer, "fused", "--plugins", Path.Combine(AppContext.BaseDirectory, "fixtures")));

        Assert.False((bool)form["fused"]!);
        Assert.Null(form["kernel"]);
        Assert.Equal(reason, (string?)form["whyNotFused"]);
    }

    [Fact]
    public void A_run_says_in_which_form_its_mixers_ran_and_why()
    {
        _workspace.Write("run.json", Workspace.Training("mipt.json", 2));
        var chosen = _workspace.Run("train", "run.json", "--output", "auto", "--json");
        var plain = _workspace.Run("train", "run.json", "--output", "plain", "--kernels", "reference", "--json");
        var wrong = _workspace.Run("train", "run.json", "--output", "wrong", "--set", "kernels=fussed");

        Assert.StartsWith("fused", Mixer(chosen)["form"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(Mixer(chosen)["whyNotFused"]);
        Assert.Equal("kernels: reference", (string)Mixer(plain)["whyNotFused"]!);
        Assert.Equal("reference", (string)JsonNode.Parse(File.ReadAllText(_workspace["plain/config.json"]))!["kernels"]!);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("fused", wrong.Error, StringComparison.Ordinal);

        static JsonNode Mixer(Outcome outcome) =>
            JsonNode.Parse(outcome.Output)!["result"]!["forms"]!.AsArray().First(form => (string)form!["part"]! == "mipt")!;
    }

    [Fact]
    public void A_form_that_does_not_exist_is_refused_with_those_that_do()
    {
        var outcome = _workspace.Run("verify", "mipt", "--kernels", "fast");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("reference", outcome.Error, StringComparison.Ordinal);
    }

    private IReadOnlyList<JsonNode> Forms(string mixer, string kernels, params string[] more)
    {
        var outcome = _workspace.Run(["verify", mixer, "--kernels", kernels, "--law", "forward-equals-advance", "--json", .. more]);

        Assert.Equal(0, outcome.ExitCode);
        var grade = Assert.Single(JsonNode.Parse(outcome.Output)!.AsArray())!;
        Assert.True((bool)grade["passed"]!);
        return [.. grade["forms"]!.AsArray().Select(form => form!)];
    }
}
