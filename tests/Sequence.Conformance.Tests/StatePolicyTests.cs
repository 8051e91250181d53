using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Configuration;
using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>Sessions whose states are held in another precision, or with a bounded number of roots, for every installed mixer.</summary>
public sealed class StatePolicyTests : IDisposable
{
    private const int Vocabulary = LanguageModels.Vocabulary;

    // of logits that are of the order of one, after 20 roundings to 8 bits of mantissa
    private const double Rounding = 0.1;

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Mixers =>
        [.. VariantFile.Of<SequenceMixer>(Installed.Host).GroupBy(variant => variant.Component.Name).Select(variants => variants.First().Text)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Logits_from_rounded_states_are_near_those_from_states_as_they_are(string mixer)
    {
        using var model = LanguageModels.Build(mixer);
        using var plain = model.CreateState(2);
        using var rounded = model.CreateState(2, states: Policy("""{ "name": "precision", "storage": "bf16" }"""));
        var tokens = (arange(2 * 40) * 7 % Vocabulary).view(2, 40);

        for (var at = 0L; at < 40;)
        {
            var piece = at == 0 ? 20 : 1;
            var expected = model.Advance(tokens.narrow(1, at, piece), SequenceContext.Dense, plain);
            var actual = model.Advance(tokens.narrow(1, at, piece), SequenceContext.Dense, rounded);
            Assert.InRange((actual - expected).abs().max().ToDouble(), 0, Rounding);
            at += piece;
        }

        // entries are the cache policy's, the state of a scan beside them is the state policy's
        var recurrent = plain.Layers.Select(layer => layer is EntryCache cache ? cache.Scan : layer).OfType<MixerState>();
        var floats = recurrent.SelectMany(state => state.Tensors).Where(tensor => tensor.dtype == ScalarType.Float32).Sum(tensor => tensor.numel() * tensor.element_size());
        var isRounded = rounded.Layers.Any(layer => layer is HeldState or EntryCache { Scan: HeldState });
        Assert.Equal(plain.Bytes - (isRounded ? floats / 2 : 0), rounded.Bytes);
        Assert.Equal(isRounded, rounded.StepRefusal is not null);
        Assert.True(isRounded || plain.Layers.Any(layer => layer is EntryCache));
    }

    [Fact]
    public void A_path_of_steps_in_place_refuses_states_that_are_held_otherwise()
    {
        using var model = LanguageModels.Build("\"mipt\"");
        using var path = model.CreateDecodePath();
        using var rounded = model.CreateState(1, states: Policy("""{ "name": "precision" }"""));

        Assert.Contains("another precision", Assert.Throws<NotSupportedException>(() => path.Step([1], rounded)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounded_roots_bound_the_state_of_a_prefix_scan()
    {
        using var model = LanguageModels.Build("""{ "name": "psm", "chunkSize": 2 }""");
        using var whole = model.CreateState(1);
        using var bounded = model.CreateState(1, states: Policy("""{ "name": "bounded-roots", "roots": 2 }"""));
        using var both = model.CreateState(1, states: Policy("""{ "name": "bounded-roots", "roots": 2, "storage": "bf16" }"""));
        var bytes = new List<long>();
        for (var t = 0L; t < 64; t++)
        {
            foreach (var state in (ModelState[])[whole, bounded, both])
                model.Advance(full([1, 1], t % Vocabulary, int64), SequenceContext.Dense, state);
            bytes.Add(bounded.Bytes);
        }

        Assert.True(bounded.Bytes < whole.Bytes);
        Assert.True(both.Bytes < bounded.Bytes);
        Assert.Equal(bytes.Skip(4).Take(4).Max(), bytes.Max());
    }

    private static StatePolicy Policy(string json) =>
        LanguageModels.Written(json, file => Installed.Host.Components.Bind<StatePolicy>(ConfigNode.Read(file))).Create(ComponentContext.None);
}
