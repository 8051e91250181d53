using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class VerifyTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Json_grades_a_mixer_with_every_law()
    {
        var outcome = _workspace.Run("verify", "mipt", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var grades = JsonNode.Parse(outcome.Output)!.AsArray();
        Assert.Contains("causality", grades.Select(grade => (string)grade!["law"]!));
        Assert.All(grades, grade =>
        {
            Assert.Equal("mipt", (string)grade!["mixer"]!);
            Assert.Equal("Sequence.Mipt", (string)grade["plugin"]!);
            Assert.True((bool)grade["passed"]!);
            Assert.InRange((double)grade["worst"]!, 0, (double)grade["tolerance"]!);
            Assert.Equal(1, (long)grade["seed"]!);
        });
    }

    [Fact]
    public void A_plugin_stands_for_its_mixers()
    {
        var outcome = _workspace.Run("verify", "Sequence.Transformer", "--law", "causality", "--seed", "3");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("attention", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("1 mixer, 1 law: all kept.", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', outcome.Output);
    }

    [Theory]
    [InlineData("mpit", "did you mean mipt?")]
    [InlineData("Sequence.Blocks", "has no mixer")]
    public void What_is_not_there_is_bad_input(string name, string said)
    {
        var outcome = _workspace.Run("verify", name);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_law_is_bad_input()
    {
        var outcome = _workspace.Run("verify", "mipt", "--law", "causalty");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("did you mean causality?", outcome.Error, StringComparison.Ordinal);
    }
}
