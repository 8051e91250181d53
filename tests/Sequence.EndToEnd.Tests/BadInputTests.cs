namespace Sequence.EndToEnd.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_misspelt_key_is_named_with_file_path_and_near_match()
    {
        _workspace.Write("mipt.json", _workspace.Read("mipt.json").Replace("dModel", "dModle", StringComparison.Ordinal));

        Refused(["compare", "compare.json"], "mipt.json", "$.dModle", "did you mean dModel?");
    }

    [Fact]
    public void An_unknown_component_is_named_with_what_exists()
    {
        _workspace.Write("mipt.json", _workspace.Read("mipt.json").Replace("\"mipt\"", "\"mitp\"", StringComparison.Ordinal));

        Refused(["compare", "compare.json"], "mipt.json", "mitp", "did you mean mipt?", "attention");
    }

    [Fact]
    public void A_missing_data_file_is_named()
    {
        File.Delete(_workspace["train.csv"]);

        Refused(["compare", "compare.json"], "train.csv");
    }

    [Fact]
    public void A_value_out_of_range_is_named() =>
        Refused(["compare", "compare.json", "--set", "training.batchSize=0"], "training.batchSize", "out of range");

    [Fact]
    public void A_missing_configuration_is_named() => Refused(["train", "nowhere.json"], "nowhere.json");

    [Fact]
    public void A_model_that_does_not_fit_the_task_is_named_before_training()
    {
        _workspace.Write("mipt.json", _workspace.Read("mipt.json").Replace("\"readOut\": \"mean\",", "", StringComparison.Ordinal));

        Refused(["compare", "compare.json"], "$.models.mipt.model.readOut", "read-out");
    }

    [Fact]
    public void A_seed_that_stands_twice_is_named()
    {
        _workspace.Write("compare.json", Workspace.Comparison("[1, 1]", steps: 2));

        Refused(["compare", "compare.json"], "$.seeds", "twice");
    }

    [Theory]
    [InlineData("trian")]
    [InlineData("train")]
    [InlineData("compare", "compare.json", "--no-such-option")]
    [InlineData("compare", "compare.json", "--device", "abacus")]
    [InlineData("compare", "compare.json", "--device", "cuda:99")]
    [InlineData("generate", "nowhere", "--prompt", "x")]
    [InlineData("generate", ".", "--prompt", "x", "--top-p", "1.5")]
    public void Misuse_is_exit_code_2_with_a_message(params string[] arguments) => Refused(arguments, "sequence: ");

    private void Refused(string[] arguments, params string[] mentioned)
    {
        var outcome = _workspace.Run(arguments);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.All(mentioned, text => Assert.Contains(text, outcome.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_workspace["runs"]));
    }
}
