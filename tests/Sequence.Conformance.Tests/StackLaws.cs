using Sequence.Framework.Configuration;
using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>What a stack of every installed mixer keeps, each at a depth of its own, whatever stands around them.</summary>
public sealed class StackLaws : IDisposable
{
    private const int Vocabulary = 17;

    // in float64, over the whole stack
    private const double Tolerance = 1e-9;

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<ResidualStyle, bool> Stacks
    {
        get
        {
            var cases = new TheoryData<ResidualStyle, bool>();
            foreach (var style in Enum.GetValues<ResidualStyle>())
                foreach (var tied in (bool[])[false, true])
                    cases.Add(style, tied);
            return cases;
        }
    }

    public static TheoryData<string> Configurations =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "models"), "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Rows_advanced_in_ragged_pieces_give_what_forward_gives(ResidualStyle style, bool tied)
    {
        using var model = Build(style, tied);
        long[] lengths = [65, 1, 40];
        var tokens = Tokens(3, 65);
        var done = new long[3];
        var random = new Random(2);
        using var state = model.CreateState(3);
        using var gradients = no_grad();
        var together = model.Forward(tokens, new SequenceContext { Lengths = lengths });
        var alone = lengths.Select((length, row) => model.Forward(tokens[row].narrow(0, 0, length).unsqueeze(0), SequenceContext.Dense)[0]).ToArray();
        for (var row = 0; row < 3; row++)
            Same(alone[row], together[row].narrow(0, 0, lengths[row]));

        while (done.Zip(lengths).Any(row => row.First < row.Second))
        {
            var take = lengths.Select((length, row) => Math.Min(length - done[row], random.Next(0, 24))).ToArray();
            var piece = zeros(3, Math.Max(1, take.Max()) + 1, int64);
            for (var row = 0; row < 3; row++)
                piece[row].narrow(0, 0, take[row]).copy_(tokens[row].narrow(0, done[row], take[row]));

            var logits = model.Advance(piece, new SequenceContext { Lengths = take }, state);

            for (var row = 0; row < 3; row++)
            {
                Same(alone[row].narrow(0, done[row], take[row]), logits[row].narrow(0, 0, take[row]));
                done[row] += take[row];
            }
        }

        Assert.All(state.Layers, layer => Assert.Equal(lengths, layer.Positions));
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void A_document_in_a_pack_gives_what_it_gives_alone(ResidualStyle style, bool tied)
    {
        using var model = Build(style, tied);
        using var gradients = no_grad();
        long[] documents = [1, 37, 63];
        var tokens = Tokens(1, documents.Sum());
        var starts = cat(documents.Select(length => arange(length) == 0).ToArray(), 0).unsqueeze(0);
        using var state = model.CreateState(1);

        var packed = model.Forward(tokens, new SequenceContext { Starts = starts });
        var advanced = cat(
            new[] { (0L, 20L), (20L, 81L) }.Select(piece => model.Advance(
                tokens.narrow(1, piece.Item1, piece.Item2),
                new SequenceContext { Starts = starts.narrow(1, piece.Item1, piece.Item2) },
                state)).ToArray(),
            1);

        Same(packed, advanced);
        var at = 0L;
        foreach (var length in documents)
        {
            Same(model.Forward(tokens.narrow(1, at, length), SequenceContext.Dense), packed.narrow(1, at, length));
            at += length;
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void State_bytes_are_those_that_the_mixers_declare(ResidualStyle style, bool tied)
    {
        using var model = Build(style, tied);
        using var state = model.CreateState(1);
        using var gradients = no_grad();
        Assert.Equal(2 * Mixers.Count, state.Layers.Count);
        Assert.Equal(tied ? Mixers.Count : 2 * Mixers.Count, model.Layers.Select(layer => layer.Block).Distinct().Count());

        model.Advance(Tokens(1, 30), SequenceContext.Dense, state);

        foreach (var (layer, held) in model.Layers.Zip(state.Layers))
        {
            var declared = layer.Mixer.Cost.BytesAfter(30);
            // logarithmic growth declares the most it will hold
            Assert.InRange(held.Bytes, layer.Mixer.Cost.Growth == StateGrowth.Logarithmic ? 1 : declared, declared);
        }

        Assert.Equal(model.StateBytesAfter(30), model.Layers.Sum(layer => layer.Mixer.Cost.BytesAfter(30)));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_model_of_the_configurations_is_built_and_scores(string name)
    {
        var options = Installed.Host.Load<ModelOptions>(Path.Combine(AppContext.BaseDirectory, "models", $"{name}.json"), []);
        var targets = options.ReadOut is null ? TargetKind.Token : TargetKind.Sequence;
        using var model = new SequenceModel(options, new ModelInterface(Vocabulary, targets == TargetKind.Token ? Vocabulary : 4, targets));
        model.eval();

        Assert.True(model.Forward(Tokens(2, 9), SequenceContext.Dense).isfinite().all().ToBoolean());
    }

    [Theory]
    [InlineData("""{ "repeat": 2, "pattern": [] }""", "$.blocks[0].pattern", "0 items are too few: at least 1.")]
    [InlineData("""{ "repeat": 2 }""", "$.blocks[0]", "a block needs a \"mixer\", or a \"pattern\" of blocks to repeat.")]
    [InlineData("""{ "patern": [{ "mixer": "attention" }] }""", "$.blocks[0].patern", "did you mean pattern?")]
    [InlineData("""{ "pattern": [{ "mixer": "atention" }] }""", "$.blocks[0].pattern[0].mixer", "did you mean attention?")]
    [InlineData("""{ "pattern": [{ "mixer": "attention", "residual": "sandwhich" }] }""", "$.blocks[0].pattern[0].residual", "did you mean sandwich?")]
    [InlineData("""{ "mixer": "attention", "residual": "prenorm" }""", "$.blocks[0].residual", "one of pre-norm, post-norm, res-post-norm, sandwich, parallel")]
    [InlineData("""{ "pattern": [{ "pattern": [{ "mixer": "attention" }] }] }""", "$.blocks[0].pattern", "a pattern holds blocks, not patterns")]
    [InlineData("""{ "channelMixer": "mlp", "pattern": [{ "mixer": "attention" }] }""", "$.blocks[0].channelMixer", "put it into the blocks of the pattern")]
    [InlineData("""{ "mixer": "mipt", "pattern": [{ "mixer": "attention" }] }""", "$.blocks[0].mixer", "put it into the blocks of the pattern")]
    [InlineData("""{ "mixer": "mipt", "tied": "yes" }""", "$.blocks[0].tied", "expected true or false, found \"yes\".")]
    [InlineData("""{ "mixer": "mipt", "residualScale": { "value": 0 } }""", "$.blocks[0].residualScale.value", "switches the branch off")]
    public void What_is_wrong_with_a_stack_is_said_with_its_path(string entry, string path, string message)
    {
        var problem = Assert.Single(Assert.Throws<ConfigurationException>(() => Bind(entry)).Problems);

        Assert.Equal(path, problem.Path);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Mixers { get; } =
        [.. VariantFile.Of<SequenceMixer>(Installed.Host).GroupBy(variant => variant.Component.Name).Select(variants => variants.First().Text)];

    /// <summary>Two rounds of every mixer, every other one with a channel mixer, in float64, with norms and scales moved away from where they start.</summary>
    private static SequenceModel Build(ResidualStyle style, bool tied)
    {
        var blocks = Mixers.Select((mixer, index) => index % 2 == 0
            ? $$"""{ "mixer": {{mixer}}, "channelMixer": { "name": "swiglu", "expansion": 1 } }"""
            : $$"""{ "mixer": {{mixer}}, "norm": "layer", "residualScale": { "learned": true } }""");
        var options = Bind($$"""{ "repeat": 2, "tied": {{(tied ? "true" : "false")}}, "pattern": [{{string.Join(", ", blocks)}}] }""") with { Residual = style };
        manual_seed(3);
        var model = new SequenceModel(options, new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token));
        model.to(ScalarType.Float64);
        model.eval();
        using var frozen = no_grad();
        foreach (var parameter in model.parameters().Where(parameter => parameter.dim() == 1))
            parameter.mul_(1 + 0.2 * rand_like(parameter));
        return model;
    }

    private static ModelOptions Bind(string entry)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $$"""{ "dModel": {{Rows.Width}}, "norm": "rms", "blocks": [{{entry}}] }""");
            return Installed.Host.Load<ModelOptions>(file, []);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Same(Tensor expected, Tensor actual) => Assert.True(
        expected.numel() == 0 || expected.allclose(actual, Tolerance, Tolerance),
        $"Off by {(expected - actual).norm().ToDouble():g3} of {expected.norm().ToDouble():g3}.");

    /// <summary>Ids in a fixed pattern.</summary>
    private static Tensor Tokens(long B, long T) => (arange(B * T) * 7 % Vocabulary).view(B, T);
}
