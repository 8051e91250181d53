using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>Laws that hold for every key, every slip and every value.</summary>
public sealed class StrictBinderLaws : IDisposable
{
    private static readonly string[] Keys =
        ["title", "dModel", "seed", "warmup", "tieEmbeddings", "oven", "patience", "remark", "vocabulary", "layers", "seeds", "weights", "top", "later"];

    private readonly ConfigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_slip_of_one_letter_in_a_key_is_reported_with_the_key_that_was_meant() => Check.QuickThrowOnFailure(Prop.ForAll(
        Slips().ToArbitrary(),
        slip =>
        {
            var file = _folder.Write("a.json", JsonSerializer.Serialize(new Dictionary<string, object> { ["title"] = "x", [slip.Written] = "x" }));
            var problem = Assert.Single(Assert.Throws<ConfigurationException>(() => Bind(file)).Problems, problem => problem.Path == $"$.{slip.Written}");
            Assert.Contains(slip.Meant, NearMatches.Of(slip.Written, Keys));
            Assert.Contains(slip.Meant, problem.Message[..problem.Message.IndexOf("Known here", StringComparison.Ordinal)], StringComparison.Ordinal);
        }));

    [Fact]
    public void Every_record_survives_being_written_and_bound() => Check.QuickThrowOnFailure(Prop.ForAll(
        Values().ToArbitrary(),
        value =>
        {
            var file = _folder.Write("a.json", JsonSerializer.Serialize(new
            {
                title = value.Title, dModel = value.DModel, seed = value.Seed, warmup = value.Warmup, tieEmbeddings = value.TieEmbeddings, patience = value.Patience,
            }));
            Assert.Equal(value, Bind(file) with { Layers = value.Layers, Seeds = value.Seeds, Weights = value.Weights });
        }));

    [Fact]
    public void Slips_are_a_distance() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(),
        ArbMap.Default.ArbFor<NonNull<string>>(),
        (a, b) =>
        {
            Assert.Equal(0, NearMatches.Slips(a.Get, a.Get));
            Assert.Equal(NearMatches.Slips(a.Get, b.Get), NearMatches.Slips(b.Get, a.Get));
            Assert.InRange(NearMatches.Slips(a.Get, b.Get), Math.Abs(a.Get.Length - b.Get.Length), Math.Max(a.Get.Length, b.Get.Length));
        }));

    [Theory]
    [InlineData("dModle", "dModel", 1)]
    [InlineData("ca", "abc", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("DMODEL", "dModel", 0)]
    [InlineData("kitten", "sitting", 3)]
    public void Slips_are_counted_as_published(string a, string b, int slips) => Assert.Equal(slips, NearMatches.Slips(a, b));

    private static Recipe Bind(string file) => new StrictBinder(ComponentCatalog.Empty).Bind<Recipe>(ConfigNode.Read(file));

    /// <summary>One letter dropped, doubled, replaced or swapped with the next, such that no other key comes out.</summary>
    private static Gen<(string Meant, string Written)> Slips() =>
        from key in Gen.Elements(Keys)
        from at in Gen.Choose(0, key.Length - 1)
        from letter in Gen.Elements("abcdefghijklmnopqrstuvwxyz".ToCharArray())
        from kind in Gen.Choose(0, 3)
        let written = kind switch
        {
            0 => key.Remove(at, 1),
            1 => key.Insert(at, $"{letter}"),
            2 => key.Remove(at, 1).Insert(at, $"{letter}"),
            _ => at + 1 < key.Length ? $"{key[..at]}{key[at + 1]}{key[at]}{key[(at + 2)..]}" : key + letter,
        }
        where !Keys.Contains(written) && written != "note" && !string.Equals(written, "title", StringComparison.OrdinalIgnoreCase)
        select (key, written);

    private static Gen<Recipe> Values() =>
        from title in ArbMap.Default.GeneratorFor<NonNull<string>>()
        from dModel in Gen.Choose(1, 65_536)
        from seed in ArbMap.Default.GeneratorFor<long>()
        from warmup in Gen.Choose(0, int.MaxValue)
        from tie in ArbMap.Default.GeneratorFor<bool>()
        from patience in ArbMap.Default.GeneratorFor<int?>()
        select new Recipe
        {
            Title = string.Concat(title.Get.Where(c => !char.IsSurrogate(c))), DModel = dModel, Seed = seed, Warmup = (double)warmup / int.MaxValue, TieEmbeddings = tie, Patience = patience,
        };
}
