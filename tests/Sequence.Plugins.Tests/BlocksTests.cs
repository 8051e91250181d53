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
