using System.Text.Json.Nodes;

namespace Sequence.EndToEnd.Tests;

public sealed class VerifyTests : IDisposable
{
    private readonly Workspace _workspace = new();

    private static string Fixtures => Path.Combine(AppContext.BaseDirectory, "fixtures");

    private static string[] Compare =>
        ["compare", "compare.json", "--plugins", Fixtures, "--set", "seeds=[1]", "--set", "models.mipt.model.blocks.0.mixer=peeks-at-the-future"];

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
            Assert.Equal("mixer", (string)grade["kind"]!);
            Assert.Equal("Sequence.Mipt", (string)grade["plugin"]!);
            Assert.True((bool)grade["passed"]!);
            Assert.InRange((double)grade["worst"]!, 0, (double)grade["tolerance"]!);
            Assert.Equal(1, (long)grade["seed"]!);
        });
    }

    [Fact]
    public void Json_grades_a_cache_policy_with_every_law_of_its_kind()
    {
        var outcome = _workspace.Run("verify", "heavy-hitter", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var grades = JsonNode.Parse(outcome.Output)!.AsArray();
        Assert.Contains("within-budget", grades.Select(grade => (string)grade!["law"]!));
        Assert.DoesNotContain("any-split", grades.Select(grade => (string)grade!["law"]!));
        Assert.DoesNotContain("causality", grades.Select(grade => (string)grade!["law"]!));
        Assert.All(grades, grade =>
        {
            Assert.Equal("heavy-hitter", (string)grade!["mixer"]!);
            Assert.Equal("cache-policy", (string)grade["kind"]!);
            Assert.Equal("Sequence.CachePolicies", (string)grade["plugin"]!);
            Assert.True((bool)grade["passed"]!);
        });
        Assert.Contains("inside one", (string)grades.Single(grade => (string)grade!["law"]! == "within-budget")!["remark"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void In_bfloat16_laws_about_float64_are_skipped_and_the_others_kept()
    {
        var outcome = _workspace.Run("verify", "mipt", "--type", "bfloat16", "--law", "causality", "--law", "aggregator-algebra", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var grades = JsonNode.Parse(outcome.Output)!.AsArray().ToDictionary(grade => (string)grade!["law"]!, grade => grade!);
        Assert.False((bool)grades["causality"]["skipped"]!);
        Assert.True((bool)grades["aggregator-algebra"]["skipped"]!);
        Assert.Contains("float64", (string)grades["aggregator-algebra"]["remark"]!, StringComparison.Ordinal);
        Assert.Equal(2, _workspace.Run("verify", "mipt", "--type", "float16").ExitCode);
    }

    [Fact]
    public void A_broken_policy_is_told_with_where_it_shows()
    {
        var outcome = _workspace.Run("verify", "keeps-one-too-many", "--plugins", Fixtures);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("keeps-one-too-many (Fixtures.Broken) breaks within-budget: reading", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("1 cache policy", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_refuses_a_cache_policy_that_breaks_a_law()
    {
        var outcome = _workspace.Run("compare", "compare.json", "--plugins", Fixtures, "--set", "seeds=[1]", "--set", "models.transformer.model.cache=mask-is-wider");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("the model transformer: mask-is-wider (Fixtures.Broken) breaks streaming-equals-masked", outcome.Error, StringComparison.Ordinal);
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

    [Fact]
    public void A_broken_law_is_told_with_where_it_shows_and_how_to_see_it_again()
    {
        var outcome = _workspace.Run("verify", "peeks-at-the-future", "--plugins", Fixtures, "--law", "causality");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("BROKEN", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("peeks-at-the-future (Fixtures.Broken) breaks causality: with the tokens from", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("sequence verify peeks-at-the-future --law causality --seed 1", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_refuses_a_mixer_that_breaks_a_law()
    {
        var outcome = _workspace.Run([.. Compare]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("the model mipt: peeks-at-the-future (Fixtures.Broken) breaks causality", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("--allow-failing", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_workspace["runs"]));
    }

    [Fact]
    public void A_benchmark_refuses_a_mixer_that_breaks_a_law()
    {
        _workspace.Write("bench.json", """
            {
              "models": { "peeking": { "model": { "dModel": 16, "blocks": [{ "mixer": "peeks-at-the-future" }], "norm": "rms" } } },
              "positions": [16],
              "tokens": 4,
              "turn": 4
            }
            """);

        var outcome = _workspace.Run("bench", "bench.json", "--plugins", Fixtures);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("the model peeking: peeks-at-the-future (Fixtures.Broken) breaks causality", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_workspace["runs"]));
    }

    [Fact]
    public void A_comparison_marks_a_mixer_that_breaks_a_law_and_was_let_through()
    {
        var outcome = _workspace.Run([.. Compare, "--allow-failing"]);

        Assert.Equal(0, outcome.ExitCode);
        var report = _workspace.Read("runs/compare/report.md");
        Assert.Contains("mipt (breaks laws)", report, StringComparison.Ordinal);
        Assert.Contains("- mipt: peeks-at-the-future (Fixtures.Broken) breaks causality", report, StringComparison.Ordinal);
        var models = JsonNode.Parse(_workspace.Read("runs/compare/results.json"))!["models"]!.AsArray();
        Assert.Empty(models[0]!["brokenLaws"]!.AsArray());
        Assert.Contains("causality", models[1]!["brokenLaws"]!.AsArray().Select(broken => (string)broken!["law"]!));
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
