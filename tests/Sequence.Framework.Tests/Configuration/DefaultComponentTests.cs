using Sequence.Blocks;
using Sequence.Components;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>Components that JSON need not name, also in records that JSON need not write.</summary>
public sealed class DefaultComponentTests : IDisposable
{
    private readonly ConfigFolder _folder = new();
    private readonly ComponentCatalog _components = new([new PluginEntry { Id = "tests", Health = PluginHealth.Active, Components = [Named("plain"), Named("fine")] }]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{}", "plain", 2)]
    [InlineData("""{ "inner": {} }""", "plain", 2)]
    [InlineData("""{ "inner": { "count": 5 } }""", "plain", 5)]
    [InlineData("""{ "inner": { "norm": "fine" } }""", "fine", 2)]
    public void A_record_that_is_not_written_has_the_defaults_of_its_keys(string json, string norm, int count)
    {
        var outer = Bind(json);
        Assert.Equal((norm, count), (outer.Inner.Norm.Name, outer.Inner.Count));
        Assert.Null(outer.Spare);
    }

    [Fact]
    public void A_default_may_be_overruled_by_nothing() => Assert.Null(Bind("""{ "inner": { "second": null } }""").Inner.Second);

    private static ComponentEntry Named(string name) => new(typeof(Norm), name, "", "tests", typeof(NoOptions), (_, _) => throw new InvalidOperationException("Nothing is made here."));

    private Outer Bind(string json) => new StrictBinder(_components).Bind<Outer>(ConfigNode.Load(_folder.Write("outer.json", json), []));

    public sealed record NoOptions;

    public sealed record Outer
    {
        public Inner Inner { get; init; } = new();

        public Inner? Spare { get; init; }
    }

    public sealed record Inner
    {
        [DefaultComponent("plain")]
        public Component<Norm> Norm { get; init; } = null!;

        [DefaultComponent("fine")]
        public Component<Norm>? Second { get; init; }

        public int Count { get; init; } = 2;
    }
}
