using Sequence.Caching;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>A single value where a record is expected that has a short form.</summary>
public sealed class ShorthandTests : IDisposable
{
    private readonly ConfigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("256", 256L, null, null)]
    [InlineData("""{ "tokens": 256 }""", 256L, null, null)]
    [InlineData("""{ "bytes": 4096 }""", null, 4096L, null)]
    [InlineData("""{ "ratio": 0.5 }""", null, null, 0.5)]
    public void A_number_is_a_budget_of_tokens(string json, long? tokens, long? bytes, double? ratio)
    {
        var budget = Bind($$"""{ "budget": {{json}} }""").Budget!;

        Assert.Equal((tokens, bytes, ratio), (budget.Tokens, budget.Bytes, budget.Ratio));
    }

    [Fact]
    public void Null_stays_nothing_and_nothing_the_default()
    {
        Assert.Null(Bind("""{ "budget": null }""").Budget);
        Assert.Equal(64, Bind("{}").Budget!.Tokens);
    }

    [Theory]
    [InlineData("-1", "-1 is out of range: 0 to 1000000000000.")]
    [InlineData("1.5", "expected a whole number, found 1.5.")]
    [InlineData("\"many\"", "expected a whole number, found \"many\".")]
    [InlineData("[1]", "expected an object, found a list.")]
    [InlineData("{}", "a budget is given in one of \"tokens\", \"bytes\" and \"ratio\".")]
    [InlineData("""{ "tokens": 1, "ratio": 1 }""", "a budget is given in one of \"tokens\", \"bytes\" and \"ratio\".")]
    public void What_is_wrong_is_said_of_the_place_where_it_stands(string json, string message)
    {
        var problem = Assert.Single(Assert.Throws<ConfigurationException>(() => Bind($$"""{ "budget": {{json}} }""")).Problems);

        Assert.Equal(("$.budget", message), (problem.Path, problem.Message));
    }

    [Fact]
    public void A_number_laid_over_is_kept_as_a_number()
    {
        var node = ConfigNode.Load(_folder.Write("outer.json", """{ "budget": 8 }"""), ["budget=16"]);

        Assert.Equal(16, new StrictBinder(ComponentCatalog.Empty).Bind<Outer>(node).Budget!.Tokens);
        Assert.Equal("""{"budget":16}""", node.ToJson().ToJsonString());
    }

    private Outer Bind(string json) => new StrictBinder(ComponentCatalog.Empty).Bind<Outer>(ConfigNode.Load(_folder.Write("outer.json", json), []));

    public sealed record Outer
    {
        public CacheBudget? Budget { get; init; } = CacheBudget.Of(64);
    }
}
