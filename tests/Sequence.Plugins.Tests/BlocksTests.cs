using Sequence.Blocks;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

public sealed class BlocksTests : IDisposable
{
    private const int D = 6;
    private const int Digits = 10;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Norms_equal_their_equations()
    {
        var x = randn(D, float64);
        var values = Weight.Values(x);
        var (mean, square) = (values.Average(), values.Average(value => value * value));
        using var rms = new RmsNorm(new RmsNormOptions { Epsilon = 0.1 }, D).to(ScalarType.Float64);
        using var layer = new LayerNorm(new LayerNormOptions { Epsilon = 0.1 }, D).to(ScalarType.Float64);

        Same(values.Select(value => value / Math.Sqrt(square + 0.1)), rms.call(x));
        Same(values.Select(value => (value - mean) / Math.Sqrt(square - mean * mean + 0.1)), layer.call(x));
    }

    [Theory]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Silu)]
    public void An_mlp_equals_its_equation(Activation activation)
    {
        var x = randn(D, float64);
        using var mlp = new Mlp(new MlpOptions { Expansion = 2, Activation = activation }, D).to(ScalarType.Float64);

        var hidden = new Weight(mlp, "up", 0, 2 * D).Of(Weight.Values(x));
        double[] active = [.. hidden.Select(value => activation switch
        {
            Activation.Gelu => value * Phi(value),
            Activation.Relu => Math.Max(value, 0),
            _ => Silu(value),
        })];

        Same(new Weight(mlp, "down", 0, D).Of(active), mlp.call(x));
    }

    [Fact]
    public void An_mlp_is_the_feed_forward_layer_of_gpt_2_by_default()
    {
        using var mlp = new Mlp(new MlpOptions(), D);
        Assert.Equal(Activation.Gelu, new MlpOptions().Activation);
        Assert.Equal([4 * D, D], mlp.state_dict()["up.weight"].shape);
        Assert.Equal(8 * D * D + 5 * D, mlp.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void A_gated_unit_equals_its_equation_and_is_a_multiple_of_eight_wide()
    {
        const int Hidden = 16;
        var x = randn(D, float64);
        using var swiglu = new SwiGlu(new SwiGluOptions(), D).to(ScalarType.Float64);
        var values = Weight.Values(x);

        var (gate, up) = (new Weight(swiglu, "gate_up", 0, Hidden).Of(values), new Weight(swiglu, "gate_up", Hidden, Hidden).Of(values));
        var expected = new Weight(swiglu, "down", 0, D).Of([.. gate.Zip(up, (g, u) => Silu(g) * u)]);

        Same(expected, swiglu.call(x));
        Assert.Equal([D, Hidden], swiglu.state_dict()["down.weight"].shape);
    }

    [Fact]
    public void Read_outs_equal_their_equations()
    {
        var x = randn([1, 5, D], float64);
        var tokens = Weight.Tokens(x)[..3];
        var context = new SequenceContext { Lengths = [3] };

        Same(Enumerable.Range(0, D).Select(d => tokens.Average(token => token[d])), new MeanReadOut().Forward(x, context));
        Same(tokens[2], new LastReadOut().Forward(x, context));
        Same(Enumerable.Range(0, D).Select(d => tokens.Max(token => token[d])), new MaxReadOut().Forward(x, context));
    }

    [Fact]
    public void Of_a_row_without_tokens_the_mean_and_the_largest_are_zero()
    {
        var x = randn([2, 5, D], float64).requires_grad_();
        var context = new SequenceContext { Lengths = [0, 5] };
        foreach (var readOut in (ReadOut[])[new MeanReadOut(), new MaxReadOut()])
        {
            using var owned = readOut;
            var y = readOut.Forward(x, context);
            y.sum().backward();
            Same(new double[D], y[0]);
        }

        Same(new double[5 * D], x.grad![0].flatten());
    }

    [Fact]
    public void Only_the_last_token_alone_is_read_out_without_seeing_the_whole_sequence()
    {
        using var last = new LastReadOut();
        using var mean = new MeanReadOut();
        using var max = new MaxReadOut();
        using var retrieval = new MeanRetrievalReadOut(new(), D);
        Assert.Equal([false, true, true, true], ((ReadOut[])[last, mean, max, retrieval]).Select(each => each.SeesWholeSequence));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(null, null)]
    [InlineData(null, 0.5)]
    [InlineData(2, 0.5)]
    public void What_the_mean_retrieves_is_its_equation(int? slots, double? threshold)
    {
        using var readOut = new MeanRetrievalReadOut(new() { Slots = slots, Threshold = threshold }, D);
        readOut.to(float64);
        var x = randn([1, 8, D], float64);
        var (tokens, T) = (Weight.Tokens(x), 7);
        var (score, query, key, value, gate) =
            (new Weight(readOut, "score", 0, 1), new Weight(readOut, "query", 0, D), new Weight(readOut, "key_value", 0, D), new Weight(readOut, "key_value", D, D), new Weight(readOut, "gate", 0, 1));

        double[] m = [.. Enumerable.Range(0, D).Select(d => tokens[..T].Average(token => token[d]))];
        double[] s = [.. tokens[..T].Select(token => 1 / (1 + Math.Exp(-score.Of(token)[0])))];
        int[] S = [.. Enumerable.Range(0, T).OrderByDescending(t => s[t]).Take(slots ?? T).Where(t => s[t] > (threshold ?? -1))];
        var q = query.Of(m);
        double[] weights = [.. S.Select(t => s[t] * Math.Exp(key.Of(tokens[t]).Zip(q, (k, each) => k * each).Sum() / Math.Sqrt(D)))];
        var g = 1 / (1 + Math.Exp(-gate.Of(m)[0]));
        var expected = Enumerable.Range(0, D).Select(d => m[d] + g * S.Select((t, i) => weights[i] / weights.Sum() * value.Of(tokens[t])[d]).Sum());

        using var figures = FigureRecord.Begin();
        Same(expected, readOut.Forward(x, new SequenceContext { Lengths = [T] }));
        Assert.Equal(S.Length, figures.Means["slots"]);
    }

    [Fact]
    public void Retrieval_trains_its_scores_and_stays_finite_without_tokens()
    {
        using var readOut = new MeanRetrievalReadOut(new() { Slots = 3 }, D);
        var y = readOut.Forward(randn(2, 5, D), new SequenceContext { Lengths = [0, 5] });
        y.square().sum().backward();
        Same(new double[D], y[0].to(float64));
        Assert.All(readOut.parameters(), parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));
        Assert.NotEqual(0, readOut.named_parameters().Single(each => each.name == "score.weight").parameter.grad!.abs().sum().item<float>());
    }

    /// <summary>The standard normal distribution below x: 1/2 and Simpson's rule over its density from 0 to x.</summary>
    private static double Phi(double x)
    {
        const int Pieces = 1_000;
        var h = x / Pieces;
        var sum = Enumerable.Range(0, Pieces + 1).Sum(i => (i is 0 or Pieces ? 1 : i % 2 == 0 ? 2 : 4) * Math.Exp(-i * h * i * h / 2));
        return 0.5 + sum * h / 3 / Math.Sqrt(2 * Math.PI);
    }

    private static double Silu(double value) => value / (1 + Math.Exp(-value));

    private static void Same(IEnumerable<double> expected, Tensor actual)
    {
        foreach (var (e, a) in expected.Zip(Weight.Values(actual)))
            Assert.Equal(e, a, Digits);
    }
}
