using Sequence.Blocks;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Models;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using Sequence.Scans;
using Sequence.Tasks;
using Sequence.Transformer;
using Sequence.TransformerPsm;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

public sealed class PsmTests : IDisposable
{
    private const int D = 8;
    private const int H = 2;
    private const double Tolerance = 1e-10;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(1, false, true)]
    [InlineData(3, true, true)]
    [InlineData(3, false, false)]
    [InlineData(8, true, false)]
    [InlineData(8, false, true)]
    public void Equals_its_recursion_at_every_length(int c, bool bidirectional, bool segments)
    {
        var psm = Make(c, new() { Layers = 2, Heads = H, Bidirectional = bidirectional, SegmentPositions = segments }, segments);
        using var mixer = ScanMixers.Of(psm);
        var plain = new PlainPsm(psm, c, H, bidirectional);
        var x = randn([1, 100, D], float64);
        foreach (var T in new[] { 1, c - 1, c, c + 1, 63, 64, 65, 100 }.Where(T => T > 0))
        {
            var tokens = x.narrow(1, 0, T);
            var expected = tensor(plain.Outputs(Weight.Tokens(tokens)).SelectMany(vector => vector).ToArray()).view(1, T, D);
            Same(expected, mixer.Forward(tokens, SequenceContext.Dense), $"{T} tokens at once");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void A_session_equals_the_recursion_token_by_token(int c)
    {
        var psm = Make(c, new() { Heads = H });
        using var mixer = ScanMixers.Of(psm);
        var x = randn([1, 65, D], float64);
        using var state = mixer.CreateState(1);
        var y = Enumerable.Range(0, 65).Select(t => mixer.Advance(x.narrow(1, t, 1), SequenceContext.Dense, state)).ToArray();

        var expected = new PlainPsm(psm, c, H, bidirectional: true).Outputs(Weight.Tokens(x));
        Same(tensor(expected.SelectMany(vector => vector).ToArray()).view(1, 65, D), cat(y, 1), "token by token");
    }

    [Fact]
    public void Forked_rows_of_different_lengths_go_on_as_they_would_alone()
    {
        const int c = 3;
        using var mixer = ScanMixers.Of(Make(c, new() { Heads = H }));
        long[] lengths = [1, 63, 200];
        var x = randn([3, 240, D], float64);
        using var state = mixer.CreateState(3);
        mixer.Advance(x.narrow(1, 0, 200), new SequenceContext { Lengths = lengths }, state);
        using var chosen = state.Fork().Gather([2, 0, 1, 2]);
        var next = stack([.. ((int[])[2, 0, 1, 2]).Select(row => x[row].narrow(0, lengths[row], 40))]);
        var y = mixer.Advance(next, SequenceContext.Dense, chosen);

        foreach (var (at, row) in ((int[])[2, 0, 1, 2]).Index())
            Same(mixer.Forward(x.narrow(0, row, 1), SequenceContext.Dense).narrow(1, lengths[row], 40), y.narrow(0, at, 1), $"row {row}");
    }

    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    [InlineData(16)]
    public void The_first_two_chunks_are_a_transformer_with_the_same_weights(int c)
    {
        const int Vocabulary = 11;
        manual_seed(5);
        var face = new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token);
        using var transformer = new SequenceModel(
            new() { DModel = D, Norm = Norm, Blocks = [new() { Repeat = 2, Mixer = Attention(AttentionPositions.Rope), ChannelMixer = Mlp }] }, face);
        var inference = Inference with { Layers = 2, Mixer = Attention(AttentionPositions.Rope), FinalNorm = false };
        var options = new PsmOptions { ChunkSize = c, Positions = ChunkPositions.None, Aggregator = Aggregator(new() { Heads = H }), Inference = inference };
        using var psm = new SequenceModel(
            new() { DModel = D, Norm = Norm, Residual = ResidualStyle.None, Blocks = [new() { Mixer = new("psm", options, context => ScanMixers.Of(new Psm(options, context))) }] }, face);
        transformer.to(ScalarType.Float64);
        psm.to(ScalarType.Float64);
        using (no_grad())
        {
            var (from, to) = (transformer.state_dict(), psm.state_dict());
            foreach (var (name, weight) in from)
                to[name.Replace("blocks.", "blocks.0.mixer.layer.inference.blocks.", StringComparison.Ordinal)].copy_(weight);
        }

        var tokens = (arange(2 * 64) * 7 % Vocabulary).view(2, 64);
        var (expected, actual) = (transformer.Forward(tokens, SequenceContext.Dense), psm.Forward(tokens, SequenceContext.Dense));

        // the prefix of the second chunk is the first as it was encoded, without an aggregation
        var alike = Math.Min(2 * c, 64);
        Same(expected.narrow(1, 0, alike), actual.narrow(1, 0, alike), "two chunks");
        var off = (expected - actual).narrow(1, alike, 64 - alike).norm() / expected.narrow(1, alike, 64 - alike).norm();
        Assert.True(alike == 64 || off.ToDouble() > 1e-3, "The third chunk reads an aggregate.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void A_session_aggregates_less_than_twice_a_chunk(int c)
    {
        var counting = new Counting();
        var options = new PsmOptions { ChunkSize = c, Aggregator = new("counting", new(), _ => counting), Inference = Inference };
        using var mixer = ScanMixers.Of(new Psm(options, new(D, 0, 1)));
        using var state = mixer.CreateState(1);
        var token = randn([1, 1, D]);
        for (var chunk = 1; chunk <= 100; chunk++)
        {
            for (var t = 0; t < c; t++)
                mixer.Advance(token, SequenceContext.Dense, state);
            Assert.InRange(counting.Pairs, chunk - 1, 2 * chunk - 1);
        }

        (counting.Pairs, counting.Calls) = (0, 0);
        mixer.Forward(randn([1, 100 * c, D]), SequenceContext.Dense);
        Assert.InRange(counting.Pairs, 1, 2 * 99 - 1);
        Assert.InRange(counting.Calls, 1, 2 * Math.Ceiling(Math.Log2(100)));
    }

    [Fact]
    public void State_bytes_grow_by_the_same_with_every_doubling()
    {
        using var mixer = ScanMixers.Of(Make(1, new() { Heads = H }));
        var x = randn([1, 4096, D], float64);
        var held = Enumerable.Range(0, 13).Select(k =>
        {
            using var state = mixer.CreateState(1);
            mixer.Advance(x.narrow(1, 0, 1 << k), SequenceContext.Dense, state).Dispose();
            Assert.InRange(state.Bytes, 0, mixer.Cost.BytesAfter(1 << k));
            return state.Bytes;
        }).ToArray();

        Assert.All(held.Zip(held.Skip(1)), each => Assert.Equal(2 * D * sizeof(double), each.Second - each.First));
    }

    [Fact]
    public void A_prefix_scan_inside_a_chunk_is_refused()
    {
        var inner = new PsmOptions { Aggregator = Aggregator(new() { Heads = H }), Inference = Inference };
        var outer = inner with { Inference = Inference with { Mixer = new("psm", inner, context => ScanMixers.Of(new Psm(inner, context))) } };

        Assert.StartsWith("inference.mixer: the state of \"psm\" grows by tensors", Assert.Throws<ArgumentException>(() => new Psm(outer, new(D, 0, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_is_for_training_only()
    {
        var options = new PsmOptions { ChunkSize = 2, Aggregator = Aggregator(new() { Heads = H, Dropout = 0.5 }), Inference = Inference with { Dropout = 0.5 } };
        using var mixer = ScanMixers.Of(new Psm(options, new(D, 0, 1)));
        var x = randn(1, 9, D);
        mixer.eval();
        Assert.True(mixer.Forward(x, SequenceContext.Dense).Equals(mixer.Forward(x, SequenceContext.Dense)));
        mixer.train();
        Assert.False(mixer.Forward(x, SequenceContext.Dense).Equals(mixer.Forward(x, SequenceContext.Dense)));
    }

    private static Component<Norm> Norm { get; } = new("layer", new LayerNormOptions(), context => new LayerNorm(new(), context.Width));

    private static Component<ChannelMixer> Mlp { get; } =
        new("mlp", new MlpOptions(), context => new Mlp(new() { Activation = Activation.Silu, Expansion = 2 }, context.Width));

    private static InferenceOptions Inference { get; } = new() { Mixer = Attention(AttentionPositions.None), ChannelMixer = Mlp, Norm = Norm };

    private static Component<SequenceMixer> Attention(AttentionPositions positions) =>
        new("attention", new AttentionOptions(), context => new EntryMixer(new Attention(new() { Heads = H, Positions = positions }, context.Width)));

    private static Component<Aggregator> Aggregator(TransformerAggregatorOptions options)
    {
        var whole = options with { ChannelMixer = Mlp, Norm = Norm };
        return new("transformer", whole, context => new TransformerAggregator(whole, context));
    }

    private static Psm Make(int c, TransformerAggregatorOptions aggregator, bool segments = false)
    {
        manual_seed(2);
        var psm = new Psm(new() { ChunkSize = c, Aggregator = Aggregator(aggregator), Inference = Inference with { Layers = 2, SegmentPositions = segments } }, new(D, 0, 1));
        psm.to(ScalarType.Float64);
        using var frozen = no_grad();
        foreach (var parameter in psm.parameters().Where(parameter => parameter.dim() == 1))
            parameter.add_(0.2 * randn_like(parameter));
        return psm;
    }

    private static void Same(Tensor expected, Tensor actual, string what) => Assert.True(
        expected.allclose(actual, Tolerance, Tolerance), $"{what}: off by {(expected - actual).abs().max().ToDouble():g3}.");

    /// <summary>a Agg b = a + b, counted.</summary>
    private sealed class Counting() : Aggregator("counting")
    {
        public long Pairs { get; set; }

        public long Calls { get; set; }

        public override Algebra Algebra => Algebra.ExactlyBracketed;

        public override ChunkState Aggregate(ChunkState earlier, ChunkState later)
        {
            Calls++;
            Pairs += earlier.Vectors.shape[0] * earlier.Vectors.shape[1];
            return new(earlier.Vectors + later.Vectors);
        }
    }
}
