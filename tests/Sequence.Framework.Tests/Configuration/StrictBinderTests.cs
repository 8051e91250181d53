using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

public sealed class StrictBinderTests : IDisposable
{
    private readonly ConfigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_kind_of_value_binds()
    {
        var recipe = Bind("""
            {
              "$schema": "recipe.schema.json",
              "note": "a comment for people",
              "title": "bread", "dModel": 128, "seed": -9223372036854775808, "warmup": 1e-3, "tieEmbeddings": true, "oven": "top-and-bottom",
              "patience": 3, "remark": null, "vocabulary": "vocab.json",
              "layers": [ { "heads": 4 }, { "heads": 2, "shape": "flat", "note": "odd" } ],
              "seeds": [1, 2, 3],
              "weights": { "salt": 0.02, "water": 0.7 }, // baker's percentages
              "top": { "heads": 1 },
              "later": { "anything": [1] },
            }
            """);

        Assert.Equal("bread", recipe.Title);
        Assert.Equal(128, recipe.DModel);
        Assert.Equal(long.MinValue, recipe.Seed);
        Assert.Equal(1e-3, recipe.Warmup);
        Assert.True(recipe.TieEmbeddings);
        Assert.Equal(Oven.TopAndBottom, recipe.Oven);
        Assert.Equal(3, recipe.Patience);
        Assert.Null(recipe.Remark);
        Assert.Equal(_folder["vocab.json"], recipe.Vocabulary!.Full);
        Assert.Equal([new Layer(4), new Layer(2, "flat")], recipe.Layers);
        Assert.Equal([1, 2, 3], recipe.Seeds);
        Assert.Equal(["salt", "water"], recipe.Weights.Keys);
        Assert.Equal(0.7, recipe.Weights["water"]);
        Assert.Equal(new Layer(1), recipe.Top);
        Assert.Equal("$.later.anything", recipe.Later!["anything"]!.Path);
    }

    [Fact]
    public void What_is_not_written_keeps_its_default()
    {
        var recipe = Bind("""{ "title": "bread" }""");
        Assert.Equal(new Recipe { Title = "bread" }.DModel, recipe.DModel);
        Assert.Equal([new Layer(3)], recipe.Layers);
        Assert.Null(recipe.Patience);
    }

    [Fact]
    public void An_unknown_key_is_reported_with_file_line_path_near_match_and_what_is_known()
    {
        var problem = Assert.Single(Problems("""
            {
              "title": "bread",
              "dModle": 3
            }
            """));
        Assert.Equal(_folder["recipe.json"], problem.File);
        Assert.Equal(3, problem.Line);
        Assert.Equal("$.dModle", problem.Path);
        Assert.StartsWith("unknown key; did you mean dModel? Known here: dModel, later, layers,", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var problems = Problems("""
            {
              "dModel": 0,
              "warmup": "a lot",
              "oven": "fan-onyl",
              "patience": 1.5,
              "layers": [ { "heads": "4" }, { "shpae": "flat", "heads": 1 }, 7 ],
              "seeds": [],
              "weights": { "salt": null },
              "tieEmbeddings": "true",
              "note": 5
            }
            """);
        Assert.Equal(
            [
                "$.dModel", "$.warmup", "$.oven", "$.patience", "$.layers[0].heads", "$.layers[1].shpae", "$.layers[2]", "$.weights.salt",
                "$.tieEmbeddings", "$.note", "$",
            ],
            problems.Select(problem => problem.Path));
        Assert.Contains(problems, problem => problem.Message == "0 is out of range: 1 to 65536.");
        Assert.Contains(problems, problem => problem.Message == "expected one of off, fan-only, top-and-bottom, found \"fan-onyl\"; did you mean fan-only?");
        Assert.Contains(problems, problem => problem.Message == "the key \"title\" is missing; it has no default.");
    }

    [Theory]
    [InlineData("\"dModel\": \"12\"")]
    [InlineData("\"dModel\": 12.0")]
    [InlineData("\"dModel\": 1e2")]
    [InlineData("\"dModel\": 12345678901234567890")]
    [InlineData("\"dModel\": true")]
    [InlineData("\"dModel\": null")]
    [InlineData("\"dModel\": [1]")]
    [InlineData("\"warmup\": 1e999")]
    [InlineData("\"title\": 3")]
    [InlineData("\"oven\": 1")]
    [InlineData("\"oven\": \"FanOnly\"")]
    [InlineData("\"tieEmbeddings\": 1")]
    [InlineData("\"layers\": []")]
    [InlineData("\"layers\": { \"heads\": 1 }")]
    [InlineData("\"top\": [1]")]
    [InlineData("\"vocabulary\": \"\"")]
    [InlineData("\"weights\": [1]")]
    public void A_value_of_another_kind_is_refused(string member)
    {
        var title = member.StartsWith("\"title\"", StringComparison.Ordinal) ? "" : "\"title\": \"bread\", ";
        Assert.Single(Problems($"{{ {title}{member} }}"));
    }

    [Theory]
    [InlineData("dModel=12abc")]
    [InlineData("dModel= 12")]
    [InlineData("dModel=")]
    [InlineData("warmup=NaN")]
    [InlineData("warmup=0,5")]
    [InlineData("tieEmbeddings=yes")]
    [InlineData("seeds=[1,]x")]
    [InlineData("seeds")]
    [InlineData("=3")]
    public void A_set_that_is_not_exact_is_refused_and_named(string set)
    {
        var file = _folder.Write("recipe.json", """{ "title": "bread" }""");
        var refused = Assert.Throws<ConfigurationException>(() => Bind(ConfigNode.Load(file, [set])));
        Assert.Equal($"--set {set}", Assert.Single(refused.Problems).File);
    }

    private Recipe Bind(string json) => Bind(ConfigNode.Load(_folder.Write("recipe.json", json), []));

    private static Recipe Bind(ConfigNode node) => new StrictBinder(ComponentCatalog.Empty).Bind<Recipe>(node);

    private IReadOnlyList<ConfigurationProblem> Problems(string json) => Assert.Throws<ConfigurationException>(() => Bind(json)).Problems;
}
