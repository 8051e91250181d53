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
        var scan = JsonNode.Parse(outcome.Output)!.AsArray().Single(kernel => (string)kernel!["name"]! == "selective-scan")!;
        Assert.Contains("scan", (string)scan["reference"]!, StringComparison.Ordinal);
        var fused = Assert.Single(scan["fused"]!.AsArray())!;
        Assert.Equal("cpu", (string)fused["device"]!);
        Assert.Contains("float32", fused["elements"]!.AsArray().Select(element => (string)element!));
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("fused")]
    public void Verify_tries_the_laws_in_the_form_that_is_asked_for(string form)
    {
        var outcome = _workspace.Run("verify", "mipt", "--kernels", form, "--law", "forward-equals-advance", "--json");

        Assert.Equal(0, outcome.ExitCode);
        Assert.True((bool)Assert.Single(JsonNode.Parse(outcome.Output)!.AsArray())!["passed"]!);
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
}
