using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>Layers, included files, and who wrote what. Environment variables are the process's: these tests use keys of their own.</summary>
public sealed class ConfigNodeTests : IDisposable
{
    private readonly ConfigFolder _folder = new();
    private readonly List<string> _variables = [];

    public void Dispose()
    {
        foreach (var variable in _variables)
            Environment.SetEnvironmentVariable(variable, null);
        _folder.Dispose();
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_a_set_over_both()
    {
        var file = _folder.Write("a.json", """{ "title": "file", "dModel": 1, "seed": 1, "layers": [ { "heads": 1 }, { "heads": 2, "shape": "flat" } ] }""");
        Set("SEQUENCE__DMODEL", "2");
        Set("SEQUENCE__seed", "2");
        Set("SEQUENCE__layers__1__heads", "5");

        var recipe = Bind(ConfigNode.Load(file, ["seed=3", "seed=4", "layers[0].shape=oval"]));
        Assert.Equal("file", recipe.Title);
        Assert.Equal(2, recipe.DModel);
        Assert.Equal(4, recipe.Seed);
        Assert.Equal([new Layer(1, "oval"), new Layer(5, "flat")], recipe.Layers);
    }

    [Fact]
    public void A_problem_names_the_layer_that_wrote_the_value()
    {
        var file = _folder.Write("a.json", """{ "title": "file", "dModel": 1 }""");
        Set("SEQUENCE__dModel", "many");
        Set("SEQUENCE__Oven__Door", "open");

        var problems = Problems(ConfigNode.Load(file, ["warmpu=0.1", "layers.4.heads=1", "top.shape=flat"]));
        Assert.Contains(problems, problem => problem is { File: "environment SEQUENCE__dModel", Path: "$.dModel" });
        Assert.Contains(problems, problem => problem is { File: "environment SEQUENCE__Oven", Path: "$.Oven" });
        Assert.Contains(problems, problem => problem is { File: "--set warmpu=0.1", Path: "$.warmpu" } && problem.Message.Contains("did you mean warmup", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem is { File: "--set layers.4.heads=1", Path: "$.layers.4" } && problem.Message.Contains("there is no item 4: the list has 0 items", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem is { File: "--set top.shape=flat", Path: "$.top" } && problem.Message.Contains("\"heads\" is missing", StringComparison.Ordinal));
        Assert.Equal(5, problems.Count);
    }

    [Fact]
    public void A_list_or_an_object_is_set_as_json()
    {
        var file = _folder.Write("a.json", """{ "title": "file", "seeds": [1, 2, 3, 4], "weights": { "salt": 1 } }""");
        var recipe = Bind(ConfigNode.Load(file, ["seeds=[7,8]", """weights={"water": 2}""", "top={\"heads\": 2}", "top.shape=flat", "patience=null"]));
        Assert.Equal([7, 8], recipe.Seeds);
        Assert.Equal(["salt", "water"], recipe.Weights.Keys.Order());
        Assert.Equal(new Layer(2, "flat"), recipe.Top);
        Assert.Null(recipe.Patience);
    }

    [Fact]
    public void A_file_stands_for_its_content_and_paths_in_it_are_its_own()
    {
        _folder.Write("tops/flat.json", """{ "note": "included", "heads": 3, "shape": "flat" }""");
        _folder.Write("tops/paths.json", """{ "title": "x", "vocabulary": "../words.json" }""");
        var file = _folder.Write("runs/a.json", """{ "title": "file", "top": "../tops/flat.json", "layers": [ "../tops/flat.json", { "heads": 1 } ] }""");

        var recipe = Bind(ConfigNode.Load(file, ["top.heads=4"]));
        Assert.Equal(new Layer(4, "flat"), recipe.Top);
        Assert.Equal([new Layer(3, "flat"), new Layer(1)], recipe.Layers);
        Assert.Equal(_folder["words.json"], Bind(ConfigNode.Load(_folder["tops/paths.json"], [])).Vocabulary!.Full);
    }

    [Fact]
    public void A_problem_in_an_included_file_is_that_files_problem()
    {
        var top = _folder.Write("tops/flat.json", "{\n  \"heads\": 3,\n  \"shpae\": \"flat\"\n}");
        var problem = Assert.Single(Problems(ConfigNode.Load(_folder.Write("a.json", """{ "title": "file", "top": "tops/flat.json" }"""), [])));
        Assert.Equal((top, 3, "$.shpae"), (problem.File, problem.Line, problem.Path));
    }

    [Fact]
    public void An_included_file_that_is_missing_is_a_problem_where_it_is_named()
    {
        _folder.Write("tops/flat.json", "{}");
        var file = _folder.Write("a.json", "{ \"title\": \"file\",\n \"top\": \"tops/flta.json\", \"dModel\": 0 }");
        var problems = Problems(ConfigNode.Load(file, []));
        Assert.Equal(["$.top", "$.dModel"], problems.Select(problem => problem.Path));
        Assert.Equal((file, 2), (problems[0].File, problems[0].Line));
        Assert.Contains("did you mean flat.json?", problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_includes_itself_is_refused()
    {
        var file = _folder.Write("a.json", """{ "inner": "b.json" }""");
        _folder.Write("b.json", """{ "inner": "a.json" }""");
        var refused = Assert.Throws<ConfigurationException>(() => new StrictBinder(ComponentCatalog.Empty).Bind<Nest>(ConfigNode.Load(file, [])));
        Assert.Contains("includes itself", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{\n  \"a\": 1,\n  \"b\" 2 }", 3, 7)]
    [InlineData("{ \"a\": 1 } trailing", 1, 12)]
    [InlineData("{ \"a\": 'x' }", 1, 8)]
    public void Malformed_json_is_reported_with_line_and_column(string json, int line, int column)
    {
        var file = _folder.Write("a.json", json);
        var problem = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigNode.Load(file, [])).Problems);
        Assert.Equal((file, line), (problem.File, problem.Line));
        Assert.Contains($"malformed JSON at line {line}, column {column}:", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1]", "must hold an object")]
    [InlineData("null", "must hold an object")]
    [InlineData("{ \"a\": 1,\n \"A\": 2 }", "stands twice: as \"a\" on line 1")]
    [InlineData("{ \"a:b\": 1 }", "has no colon")]
    public void A_file_that_cannot_be_a_configuration_is_refused(string json, string why) => Assert.Contains(
        why, Assert.Throws<ConfigurationException>(() => ConfigNode.Load(_folder.Write("a.json", json), [])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_reported_together_with_bad_sets()
    {
        _folder.Write("quick.json", "{}");
        var problems = Assert.Throws<ConfigurationException>(() => ConfigNode.Load(_folder["quikc.json"], ["nothing", "a=[1"])).Problems;
        Assert.Equal(3, problems.Count);
        Assert.Contains("did you mean quick.json?", problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_resolved_configuration_binds_to_the_same_record_from_anywhere()
    {
        _folder.Write("tops/flat.json", """{ "heads": 3, "shape": "flat" }""");
        var file = _folder.Write("runs/a.json", """
            { "$schema": "x", "title": "12", "top": "../tops/flat.json", "vocabulary": "../v.txt", "oven": "fanOnly", "warmup": 1e-3, "remark": null, "weights": {} }
            """);
        var node = ConfigNode.Load(file, ["top.heads=4", "seeds=[1,2]", "remark=7", "layers.0.heads=2"]);
        var first = Bind(node);

        var resolved = ConfigNode.Read(_folder.Write("elsewhere/config.json", node.ToJson().ToJsonString()));
        var second = Bind(resolved);
        Assert.Equal(first with { Layers = [], Seeds = [], Weights = first.Weights, Vocabulary = null }, second with { Layers = [], Seeds = [], Weights = first.Weights, Vocabulary = null });
        Assert.Equal(first.Vocabulary!.Full, second.Vocabulary!.Full);
        Assert.Equal(first.Layers, second.Layers);
        Assert.Equal(first.Seeds, second.Seeds);
        Assert.Equal("7", second.Remark);
    }

    [Fact]
    public void An_overlay_merges_objects_and_replaces_everything_else()
    {
        var low = ConfigNode.Read(_folder.Write("low.json", """{ "title": "low", "top": { "heads": 1, "shape": "flat" }, "seeds": [1, 2, 3] }"""));
        var high = ConfigNode.Read(_folder.Write("high.json", """{ "top": { "heads": 2 }, "seeds": [4] }"""));
        var recipe = Bind(low.Overlay(high));
        Assert.Equal("low", recipe.Title);
        Assert.Equal(new Layer(2, "flat"), recipe.Top);
        Assert.Equal([4], recipe.Seeds);
    }

    private static Recipe Bind(ConfigNode node) => new StrictBinder(ComponentCatalog.Empty).Bind<Recipe>(node);

    private static IReadOnlyList<ConfigurationProblem> Problems(ConfigNode node) => Assert.Throws<ConfigurationException>(() => Bind(node)).Problems;

    private void Set(string variable, string value)
    {
        _variables.Add(variable);
        Environment.SetEnvironmentVariable(variable, value);
    }

    private sealed record Nest
    {
        public Nest? Inner { get; init; }
    }
}
