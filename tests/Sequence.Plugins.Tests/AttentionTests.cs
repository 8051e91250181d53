using System.Numerics;
using Sequence.Framework.Caching;
using Sequence.Mixers;
using Sequence.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

public sealed class AttentionTests : IDisposable
{
    private const int D = 16;
    private const double Tolerance = 1e-10;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(4, 4, AttentionPositions.Rope, true)]
    [InlineData(4, 2, AttentionPositions.Rope, true)]
    [InlineData(4, 1, AttentionPositions.Rope, false)]
    [InlineData(2, 2, AttentionPositions.None, true)]
    public void Equals_its_equation(int H, int Hkv, AttentionPositions positions, bool bias)
    {
        const double RopeBase = 100;
        var K = D / H;
        using var attention = Make(new AttentionOptions { Heads = H, KvHeads = Hkv, Positions = positions, RopeBase = RopeBase, Bias = bias });
        var x = randn([1, 33, D], float64);
        var W_o = new Weight(attention, "output", 0, D);
        var tokens = Weight.Tokens(x);

        double[] Turn(double[] head, int n)
        {
            if (positions == AttentionPositions.None)
                return head;
            var turned = Enumerable.Range(0, K / 2)
                .Select(j => new Complex(head[j], head[j + K / 2]) * Complex.Exp(Complex.ImaginaryOne * n * Math.Pow(RopeBase, -2.0 * j / K)))
                .ToArray();
            return [.. turned.Select(each => each.Real), .. turned.Select(each => each.Imaginary)];
        }

        double[][] Heads(int from) => [.. tokens.Select(new Weight(attention, "query_key_value", from, K).Of)];

        var expected = new List<double>();
        var q = Enumerable.Range(0, H).Select(head => Heads(head * K)).ToArray();
        var k = Enumerable.Range(0, Hkv).Select(head => Heads((H + head) * K)).ToArray();
        var v = Enumerable.Range(0, Hkv).Select(head => Heads((H + Hkv + head) * K)).ToArray();
        for (var t = 0; t < tokens.Length; t++)
        {
            var mixed = new double[D];
            for (var head = 0; head < H; head++)
            {
                var shared = head / (H / Hkv);
                var weights = Enumerable.Range(0, t + 1)
                    .Select(s => Math.Exp(Turn(q[head][t], t).Zip(Turn(k[shared][s], s), (a, b) => a * b).Sum() / Math.Sqrt(K)))
                    .ToArray();
                for (var d = 0; d < K; d++)
                    mixed[head * K + d] = weights.Select((weight, s) => weight * v[shared][s][d]).Sum() / weights.Sum();
            }

            expected.AddRange(W_o.Of(mixed));
        }

        Assert.True(tensor(expected.ToArray()).view(1, 33, D).allclose(attention.Forward(x, SequenceContext.Dense), Tolerance, Tolerance));
    }

    [Fact]
    public void Rotary_scores_depend_on_distance_only()
    {
        var (q, k) = (randn([1, 1, 1, 8], float64), randn([1, 1, 1, 8], float64));
        Tensor Score(long n, long m) =>
            (RotaryPositions.Rotate(q, tensor(new[] { n }).unsqueeze(0), 10_000) * RotaryPositions.Rotate(k, tensor(new[] { m }).unsqueeze(0), 10_000)).sum();

        Assert.Equal(Score(7, 3).ToDouble(), Score(100_007, 100_003).ToDouble(), tolerance: 1e-9);
        Assert.NotEqual(Score(7, 3).ToDouble(), Score(7, 4).ToDouble(), tolerance: 1e-3);
    }

    [Fact]
    public void The_cache_keeps_keys_unrotated_with_their_positions()
    {
        using var attention = Make(new AttentionOptions { Heads = 2 });
        using var state = (EntryCache)attention.CreateState(1);
        var token = randn([1, 1, D], float64);
        for (var t = 0; t < 130; t++)
            attention.Advance(token, SequenceContext.Dense, state).Dispose();

        Assert.Equal([1, 2, 130, 8], state.Keys.shape);
        Assert.True(state.Keys.allclose(state.Keys.narrow(2, 0, 1).expand(1, 2, 130, 8), Tolerance, Tolerance), "The same token has the same key at every position.");
        Assert.True(state.EntryPositions.Equals(arange(130).view(1, 1, 130)));
    }

    [Fact]
    public void The_cache_holds_the_last_document_alone()
    {
        using var attention = Make(new AttentionOptions { Heads = 2 });
        using var state = (EntryCache)attention.CreateState(2);
        var starts = tensor(new[] { true, false, false, true, false, true, false, false, false, false }).view(2, 5);

        attention.Advance(randn([2, 5, D], float64), new SequenceContext { Starts = starts, Lengths = [5, 3] }, state).Dispose();
        attention.Advance(randn([2, 2, D], float64), SequenceContext.Dense, state).Dispose();

        Assert.Equal([0, 1, 2, 3, -1], state.EntryPositions[0, 0].data<long>().ToArray());
        Assert.Equal([0, 1, 2, 3, 4], state.EntryPositions[1, 0].data<long>().ToArray());
    }

    [Theory]
    [InlineData(3, null, "heads: 3 does not divide the model width 16.")]
    [InlineData(4, 3, "kvHeads: 3 does not divide heads 4.")]
    [InlineData(16, null, "positions: rope turns pairs of channels, but a head is 1 wide (width 16 / heads 16).")]
    public void Heads_that_do_not_fit_are_refused(int heads, int? kvHeads, string problem) =>
        Assert.Equal(problem, Assert.Throws<ArgumentException>(() => new Attention(new AttentionOptions { Heads = heads, KvHeads = kvHeads }, D)).Message);

    [Fact]
    public void Dropout_drops_weights_in_training_only()
    {
        using var attention = Make(new AttentionOptions { Heads = 2, Dropout = 0.5 });
        var x = randn([1, 20, D], float64);
        attention.eval();
        Assert.True(attention.Forward(x, SequenceContext.Dense).Equals(attention.Forward(x, SequenceContext.Dense)));
        attention.train();
        Assert.False(attention.Forward(x, SequenceContext.Dense).Equals(attention.Forward(x, SequenceContext.Dense)));
    }

    private static EntryMixer Make(AttentionOptions options)
    {
        manual_seed(1);
        return new EntryMixer(new Attention(options, D)).to(ScalarType.Float64);
    }
}
