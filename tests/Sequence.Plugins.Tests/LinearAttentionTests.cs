using Sequence.Framework.Scans;
using Sequence.LinearAttention;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

/// <summary>The mixers of Sequence.LinearAttention against the equations of their papers, token by token in numbers of double precision.</summary>
public sealed class LinearAttentionTests : IDisposable
{
    private const int D = 12, T = 70;
    private const double Tolerance = 1e-9;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(FeatureMap.Elu, true, 3)]
    [InlineData(FeatureMap.Elu, false, 3)]
    [InlineData(FeatureMap.Relu, true, 1)]
    [InlineData(FeatureMap.Identity, false, 2)]
    public void Linear_attention_equals_its_equation(FeatureMap map, bool normalizer, int H)
    {
        const double Epsilon = 1e-6;
        var K = D / H;
        using var layer = Wide(new LinearAttention.LinearAttention(new LinearAttentionOptions { Heads = H, FeatureMap = map, Normalizer = normalizer }, D));
        var x = randn([1, T, D], float64);
        double Phi(double u) => map switch
        {
            FeatureMap.Elu => u > 0 ? u + 1 : Math.Exp(u),
            FeatureMap.Relu => Math.Max(u, 0),
            _ => u,
        };

        // as the paper begins: a weighted mean over all earlier tokens, no state anywhere
        double[] Head(int h, double[][] tokens, int t)
        {
            double[] Part(int which, int s) => new Weight(layer, "query_key_value", which * D + h * K, K).Of(tokens[s]);
            var q = Part(0, t);
            var weights = Enumerable.Range(0, t + 1).Select(s => q.Zip(Part(1, s), (a, b) => Phi(a) * Phi(b)).Sum()).ToArray();
            var sum = new double[K];
            for (var s = 0; s <= t; s++)
            {
                var v = Part(2, s);
                for (var j = 0; j < K; j++)
                    sum[j] += weights[s] * v[j];
            }

            return normalizer ? [.. sum.Select(each => each / (weights.Sum() + Epsilon))] : RootMeanSquareNorm(sum);
        }

        var all = Weight.Tokens(x);
        var output = new Weight(layer, "output", 0, D);
        Same(x, layer, t => output.Of([.. Enumerable.Range(0, H).SelectMany(h => Head(h, all, t))]));
    }

    [Theory]
    [InlineData(3, null, 16)]
    [InlineData(1, 8, 2)]
    public void Gated_linear_attention_equals_its_equation(int H, int? keyWidth, double tau)
    {
        var (width, V) = (keyWidth ?? D / 2, D / H);
        var K = width / H;
        using var layer = Wide(new GatedLinearAttention(new GatedLinearAttentionOptions { Heads = H, KeyWidth = keyWidth, GateRank = 5, GateTemperature = tau }, D));
        var x = 3 * randn([1, T, D], float64);
        var (W_q, W_k, W_v) = (new Weight(layer, "query_key_value", 0, width), new Weight(layer, "query_key_value", width, width), new Weight(layer, "query_key_value", 2 * width, D));
        var (W_1, W_2) = (new Weight(layer, "gate_in", 0, 5), new Weight(layer, "gate_out", 0, width));
        var (W_r, W_o) = (new Weight(layer, "swish", 0, D), new Weight(layer, "output", 0, D));

        var S = new double[width, V];
        Same(x, layer, t =>
        {
            var token = Weight.Tokens(x)[t];
            var (q, k, v, r) = (W_q.Of(token), W_k.Of(token), W_v.Of(token), W_r.Of(token));
            var alpha = W_2.Of(W_1.Of(token)).Select(u => Math.Pow(Sigmoid(u), 1 / tau)).ToArray();
            var o = new List<double>();
            for (var h = 0; h < H; h++)
            {
                var head = new double[V];
                for (var i = h * K; i < (h + 1) * K; i++)
                {
                    for (var j = 0; j < V; j++)
                    {
                        S[i, j] = alpha[i] * S[i, j] + k[i] * v[h * V + j];
                        head[j] += S[i, j] * q[i] / Math.Sqrt(K);
                    }
                }

                o.AddRange(RootMeanSquareNorm(head));
            }

            return W_o.Of([.. o.Zip(r, (each, gate) => each * gate * Sigmoid(gate))]);
        });
    }

    [Theory]
    [InlineData(3, ForgetGate.Sigmoid, 4, 0.0)]
    [InlineData(2, ForgetGate.Exp, null, 0.0)]
    [InlineData(1, ForgetGate.Sigmoid, 2, -10.0)]
    public void Mlstm_equals_its_equation(int H, ForgetGate gate, int? taps, double inputBias)
    {
        var K = D / H;
        using var layer = Wide(new MatrixLstm(
            new MatrixLstmOptions { Heads = H, ForgetGate = gate, Taps = taps, InputBias = inputBias, FirstForgetBias = -1, LastForgetBias = 1 }, D));
        using (no_grad())
            layer.get_parameter("input_forget.weight")!.normal_(0, 1);
        var x = randn([1, T, D], float64);
        var tokens = Weight.Tokens(x);
        var (W_q, W_k) = (new Weight(layer, "query_key", 0, D), new Weight(layer, "query_key", D, D));
        var (W_v, W_o, W_y) = (new Weight(layer, "value_gate", 0, D), new Weight(layer, "value_gate", D, D), new Weight(layer, "output", 0, D));
        var (w_i, w_f) = (new Weight(layer, "input_forget", 0, H), new Weight(layer, "input_forget", H, H));
        var parameters = layer.state_dict();

        double[] Convolved(int t)
        {
            if (taps is not { } window)
                return tokens[t];
            var (weight, bias) = (Weight.Values(parameters["convolution.weight"]), Weight.Values(parameters["convolution.bias"]));
            var u = Enumerable.Range(0, D).Select(d => bias[d] + Enumerable.Range(0, Math.Min(window, t + 1)).Sum(j => weight[j * D + d] * tokens[t - j][d]));
            return [.. u.Select(each => each * Sigmoid(each))];
        }

        // as the paper states it, without a scale: these gates stay in the range of double precision
        var C = new double[D, K];
        var n = new double[D];
        Same(x, layer, t =>
        {
            var (q, k, v, o) = (W_q.Of(Convolved(t)), W_k.Of(Convolved(t)), W_v.Of(tokens[t]), W_o.Of(tokens[t]));
            var (i, f) = (w_i.Of(tokens[t]).Select(Math.Exp).ToArray(), w_f.Of(tokens[t]).Select(u => gate == ForgetGate.Exp ? Math.Exp(u) : Sigmoid(u)).ToArray());
            var y = new List<double>();
            for (var h = 0; h < H; h++)
            {
                var (head, weight) = (new double[K], 0.0);
                for (var a = h * K; a < (h + 1) * K; a++)
                {
                    n[a] = f[h] * n[a] + i[h] * k[a] / Math.Sqrt(K);
                    weight += n[a] * q[a];
                    for (var b = 0; b < K; b++)
                    {
                        C[a, b] = f[h] * C[a, b] + i[h] * k[a] / Math.Sqrt(K) * v[h * K + b];
                        head[b] += C[a, b] * q[a];
                    }
                }

                var value = head.Select(each => each / Math.Max(Math.Abs(weight), 1)).ToArray();
                y.AddRange(RootMeanSquareNorm([.. value.Select(each => each - value.Average())]));
            }

            return W_y.Of([.. y.Zip(o, (each, logit) => each * Sigmoid(logit))]);
        });
    }

    [Fact]
    public void Mlstm_starts_with_the_gates_of_the_paper()
    {
        using var layer = new MatrixLstm(new MatrixLstmOptions { InputBias = -10 }, 16);
        var bias = Weight.Values(layer.get_parameter("input_forget.bias")!);

        Assert.Equal([3, 4, 5, 6], bias[4..]);
        Assert.All(bias[..4], each => Assert.InRange(each, -11, -9));
        Assert.All(Weight.Values(layer.get_parameter("input_forget.weight")!), each => Assert.Equal(0, each));
    }

    [Fact]
    public void Mlstm_lets_gates_be_as_large_as_they_like()
    {
        using var layer = new MatrixLstm(new MatrixLstmOptions { ForgetGate = ForgetGate.Exp }, 16);
        using (no_grad())
            layer.get_parameter("input_forget.weight")!.normal_(0, 100);
        var x = randn([2, 130, 16]).requires_grad_();

        var y = ScanMixers.Of(layer).Forward(x, SequenceContext.Dense);
        y.sum().backward();

        Assert.True(y.isfinite().all().ToBoolean());
        Assert.True(x.grad!.isfinite().all().ToBoolean());
    }

    [Fact]
    public void A_normalizer_of_weights_with_signs_is_refused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new LinearAttention.LinearAttention(new LinearAttentionOptions { FeatureMap = FeatureMap.Identity }, D));
        Assert.Contains("Set normalizer to false", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Heads_that_do_not_fit_are_refused()
    {
        Assert.Equal("heads: 5 does not divide the model width 12.", Assert.Throws<ArgumentException>(() => new MatrixLstm(new MatrixLstmOptions { Heads = 5 }, D)).Message);
        Assert.Equal("heads: 4 does not divide the key width 6.", Assert.Throws<ArgumentException>(() => new GatedLinearAttention(new GatedLinearAttentionOptions { Heads = 4 }, D)).Message);
    }

    private static TLayer Wide<TLayer>(TLayer layer)
        where TLayer : nn.Module
        => layer.to(ScalarType.Float64);

    /// <summary>Compares outputs to an equation that is asked for token 0, 1, 2, ... in turn.</summary>
    private static void Same(Tensor x, ScanLayer layer, Func<int, double[]> equation)
    {
        var y = ScanMixers.Of(layer).Forward(x, SequenceContext.Dense);
        var expected = tensor(Enumerable.Range(0, T).SelectMany(equation).ToArray()).view(1, T, D);
        Assert.True(expected.allclose(y, Tolerance, Tolerance), $"Off by {(expected - y).abs().max().ToDouble():g3}.");
    }

    private static double[] RootMeanSquareNorm(double[] x)
    {
        var scale = 1 / Math.Sqrt(x.Average(each => each * each) + 1e-5);
        return [.. x.Select(each => each * scale)];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
