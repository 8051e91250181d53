using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

/// <summary>Layers against loops in float64.</summary>
public sealed class LayerTests
{
    private const ScalarType Double = ScalarType.Float64;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 7)]
    public void Linear_is_a_product_with_the_transposed_weight(int B, int I, int O)
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(I, O, dtype: Double);
        var x = Numbers.Spread(B * I, 1);
        var (w, b) = (Numbers.Of(layer.weight!), Numbers.Of(layer.bias!));
        var y = from row in Enumerable.Range(0, B) from o in Enumerable.Range(0, O) select b[o] + Enumerable.Range(0, I).Sum(i => x[row * I + i] * w[o * I + i]);
        Numbers.Near([.. y], layer.call(Numbers.Tensor(x, B, I)), Numbers.DoubleTolerance);
    }

    [Fact]
    public void Embedding_picks_rows_and_gives_the_padding_row_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var layer = Embedding(4, 3, padding_idx: 1, dtype: Double);
        var w = Numbers.Of(layer.weight!);
        Assert.All(w[3..6], value => Assert.Equal(0, value));
        var y = layer.call(tensor(new long[] { 2, 1, 2 }));
        Numbers.Near([.. w[6..9], .. w[3..6], .. w[6..9]], y, 0);
        y.sum().backward();
        Numbers.Near([0, 0, 0, 0, 0, 0, 2, 2, 2, 0, 0, 0], layer.weight!.grad!, 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LayerNorm_has_mean_bias_and_deviation_weight(bool bias)
    {
        const int B = 3, D = 7;
        const double Eps = 1e-3;
        using var scope = NewDisposeScope();
        using var layer = LayerNorm(D, Eps, bias: bias, dtype: Double);
        init.normal_(layer.weight!);
        var x = Numbers.Spread(B * D, 2);
        var w = Numbers.Of(layer.weight!);
        var expected = new double[B * D];
        for (var row = 0; row < B; row++)
        {
            var part = x[(row * D)..(row * D + D)];
            var mean = part.Average();
            var deviation = Math.Sqrt(part.Average(value => (value - mean) * (value - mean)) + Eps);
            for (var d = 0; d < D; d++)
                expected[row * D + d] = (part[d] - mean) / deviation * w[d];
        }
        Numbers.Near(expected, layer.call(Numbers.Tensor(x, B, D)), Numbers.DoubleTolerance);
        Assert.Equal(bias ? 2 : 1, layer.parameters().Count());
    }

#if TORCH_SYSTEM // the real library leaves the parameters uninitialised
    [Fact]
    public void GroupNorm_normalises_each_group_of_channels()
    {
        const int C = 4, T = 3, Groups = 2, Size = C / Groups * T;
        using var scope = NewDisposeScope();
        using var layer = GroupNorm(Groups, C, dtype: Double);
        var x = Numbers.Spread(C * T, 3);
        var expected = x.Chunk(Size).SelectMany(part =>
        {
            var mean = part.Average();
            var deviation = Math.Sqrt(part.Average(value => (value - mean) * (value - mean)) + 1e-5);
            return part.Select(value => (value - mean) / deviation);
        });
        Numbers.Near([.. expected], layer.call(Numbers.Tensor(x, 1, C, T)), Numbers.DoubleTolerance);
    }
#endif

    [Theory]
    [InlineData(1, 0, 1, 1)]
    [InlineData(2, 3, 2, 2)]
    public void Conv1d_is_a_cross_correlation(int stride, int padding, int dilation, int groups)
    {
        const int I = 4, O = 6, K = 3, T = 11;
        using var scope = NewDisposeScope();
        using var layer = Conv1d(I, O, K, stride: stride, padding: padding, dilation: dilation, groups: groups, dtype: Double);
        var x = Numbers.Spread(I * T, 4);
        var (w, b) = (Numbers.Of(layer.weight!), Numbers.Of(layer.bias!));
        var length = (T + 2 * padding - dilation * (K - 1) - 1) / stride + 1;
        var expected = new double[O * length];
        for (var o = 0; o < O; o++)
        {
            for (var t = 0; t < length; t++)
            {
                var sum = b[o];
                for (var i = 0; i < I / groups; i++)
                {
                    for (var k = 0; k < K; k++)
                    {
                        var at = t * stride + k * dilation - padding;
                        if (at is >= 0 and < T)
                            sum += w[(o * (I / groups) + i) * K + k] * x[(o / (O / groups) * (I / groups) + i) * T + at];
                    }
                }
                expected[o * length + t] = sum;
            }
        }
        Numbers.Near(expected, layer.call(Numbers.Tensor(x, 1, I, T)), Numbers.DoubleTolerance);
    }

    [Theory]
    [InlineData(PaddingModes.Zeros)]
    [InlineData(PaddingModes.Reflect)]
    [InlineData(PaddingModes.Circular)]
    public void Conv1d_with_same_padding_keeps_the_length(PaddingModes mode)
    {
        using var scope = NewDisposeScope();
        using var layer = Conv1d(1, 1, 3, Padding.Same, padding_mode: mode, bias: false, dtype: Double);
        var w = Numbers.Of(layer.weight!);
        double[] x = [1, 2, 4, 8];
        var (before, after) = mode switch { PaddingModes.Reflect => (2.0, 4.0), PaddingModes.Circular => (8.0, 1.0), _ => (0.0, 0.0) };
        double[] padded = [before, .. x, after];
        var expected = Enumerable.Range(0, 4).Select(t => w[0] * padded[t] + w[1] * padded[t + 1] + w[2] * padded[t + 2]);
        Numbers.Near([.. expected], layer.call(Numbers.Tensor(x, 1, 1, 4)), Numbers.DoubleTolerance);
    }

    public static TheoryData<string> Activations => [.. Formulas.Keys];

    private static readonly Dictionary<string, (Func<Module<Tensor, Tensor>> layer, Func<double, double> formula)> Formulas = new()
    {
        ["ReLU"] = (() => ReLU(), x => Math.Max(0, x)),
        ["SiLU"] = (() => SiLU(), x => x / (1 + Math.Exp(-x))),
        ["Sigmoid"] = (() => Sigmoid(), x => 1 / (1 + Math.Exp(-x))),
        ["Tanh"] = (() => new TanhLayer(), Math.Tanh),
        ["Mish"] = (() => Mish(), x => x * Math.Tanh(Math.Log(1 + Math.Exp(x)))),
        ["ELU"] = (() => ELU(0.5), x => x > 0 ? x : 0.5 * (Math.Exp(x) - 1)),
        ["LeakyReLU"] = (() => LeakyReLU(0.2), x => x > 0 ? x : 0.2 * x),
        ["Softplus"] = (() => Softplus(2), x => Math.Log(1 + Math.Exp(2 * x)) / 2),
        ["GELU, tanh"] = (() => GELU(TorchSharp.Modules.GELU.Approximate.tanh), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))),
        ["Identity"] = (() => Identity(), x => x),
    };

    /// <summary>The factory is ambiguous for an empty argument list in the real library's overloads; the argument settles it.</summary>
    private sealed class TanhLayer() : Module<Tensor, Tensor>("TanhLayer")
    {
        private readonly Module<Tensor, Tensor> _tanh = Tanh(false);

        public override Tensor forward(Tensor x) => _tanh.call(x);
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void Activations_follow_their_formula(string name)
    {
        using var scope = NewDisposeScope();
        var (make, formula) = Formulas[name];
        using var layer = make();
        var x = Numbers.Spread(65, 5).Select(value => 4 * value).ToArray();
        Numbers.Near([.. x.Select(formula)], layer.call(Numbers.Tensor(x, 5, 13)), Numbers.DoubleTolerance);
        Assert.Empty(layer.parameters());
    }

    [Fact]
    public void Exact_gelu_weighs_by_the_normal_distribution()
    {
        using var scope = NewDisposeScope();
        using var layer = GELU();
        // Phi(1) and Phi(-2), from tables
        Numbers.Near([0.8413447460685429, -2 * 0.022750131948179195], layer.call(Numbers.Tensor([1, -2], 2)), Numbers.DoubleTolerance);
    }

    [Fact]
    public void Softmax_and_GLU_work_along_their_dimension()
    {
        using var scope = NewDisposeScope();
        var x = Numbers.Tensor([1e4, 1e4 + Math.Log(3), -1e4, -1e4], 2, 2);
        Numbers.Near([0.25, 0.75, 0.5, 0.5], Softmax(1).call(x), 1e-9);
        Numbers.Near([2 / (1 + Math.Exp(-1))], GLU().call(Numbers.Tensor([2, 1], 1, 2)), Numbers.DoubleTolerance);
    }

    [Fact]
    public void Flatten_merges_from_the_second_dimension()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([2, 12], Flatten().call(zeros(2, 3, 4)).shape);
        Assert.Equal([6, 4], Flatten(0, 1).call(zeros(2, 3, 4)).shape);
    }

    [Fact]
    public void Dropout_scales_what_it_keeps_and_does_nothing_in_evaluation()
    {
        using var scope = NewDisposeScope();
        using var layer = Dropout(0.25);
        var y = Numbers.Of(layer.call(ones(100_000)));
        Assert.All(y, value => Assert.True(value == 0 || Math.Abs(value - 1 / 0.75) < 1e-6));
        Assert.InRange(y.Count(value => value == 0) / 100_000.0, 0.24, 0.26);
        layer.eval();
        Numbers.Near([.. Enumerable.Repeat(1.0, 100)], layer.call(ones(100)), 0);
    }

    [Fact]
    public void Dropout1d_drops_whole_channels()
    {
        using var scope = NewDisposeScope();
        using var layer = Dropout1d(0.5);
        var channels = Numbers.Of(layer.call(ones(1, 100, 7))).Chunk(7).ToArray();
        Assert.All(channels, channel => Assert.Single(channel.Distinct()));
        Assert.InRange(channels.Count(channel => channel[0] == 0), 1, 99);
    }

    [Fact]
    public void Sequential_applies_its_stages_in_order()
    {
        using var scope = NewDisposeScope();
        using var first = Linear(2, 3, dtype: Double);
        using var last = Linear(3, 1, dtype: Double);
        using var sequence = Sequential(("in", first), ("act", ReLU()), ("out", last));
        var x = Numbers.Tensor(Numbers.Spread(8, 6), 4, 2);
        Numbers.Near(Numbers.Of(last.call(first.call(x).relu())), sequence.call(x), 0);
        Numbers.Near(Numbers.Of(first.call(x).relu()), sequence[..2].call(x), 0);
        Assert.Equal(["in.weight", "in.bias", "out.weight", "out.bias"], sequence.state_dict().Keys);
        Assert.Equal(3, sequence.Count);
    }
}
