using TorchSharp;
using static TorchSharp.Tests.Operators.SpecialFunctions;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.Operators;

/// <summary>torch.nn.functional: activations, normalisations, losses, windows and attention.</summary>
internal static class FunctionalTable
{
    private const double Epsilon = 1e-5;

    private static readonly Dictionary<string, Func<double, double>> Pointwise = new()
    {
        ["relu"] = x => Math.Max(x, 0), ["relu6"] = x => Math.Clamp(x, 0, 6), ["selu"] = x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)),
        ["leaky_relu"] = x => x > 0 ? x : 0.01 * x, ["gelu"] = x => x * NormalCdf(x), ["silu"] = x => x * Sigmoid(x), ["mish"] = x => x * Math.Tanh(Math.Log(1 + Math.Exp(x))),
        ["sigmoid"] = Sigmoid, ["tanh"] = Math.Tanh, ["hardsigmoid"] = x => Math.Clamp((x + 3) / 6, 0, 1), ["hardswish"] = x => x * Math.Clamp((x + 3) / 6, 0, 1),
        ["hardtanh"] = x => Math.Clamp(x, -1, 1), ["softplus"] = x => Math.Log(1 + Math.Exp(x)), ["softsign"] = x => x / (1 + Math.Abs(x)), ["tanhshrink"] = x => x - Math.Tanh(x),
        ["logsigmoid"] = x => Math.Log(Sigmoid(x)),
    };

    private static Grid Linear(Grid x, Grid w) => Grid.Build([.. x.Shape[..^1], w.Shape[0]], at => Enumerable.Range(0, (int)w.Shape[1]).Sum(k => x[[.. at[..^1], k]] * w[at[^1], k]));

    private static Grid Plus(Grid a, Grid b) => Grid.Zip(a, b, (x, y) => x + y);

    private static Grid Times(Grid a, Grid b) => Grid.Zip(a, b, (x, y) => x * y);

    private static double[] Standardised(double[] line)
    {
        double mean = line.Average(), variance = line.Average(v => (v - mean) * (v - mean));
        return [.. line.Select(v => (v - mean) / Math.Sqrt(variance + Epsilon))];
    }

    public static Grid Reduced(Grid losses, Reduction reduction) => reduction switch
    {
        Reduction.Mean => Grid.Scalar(losses.Values.Average()),
        Reduction.Sum => Grid.Scalar(losses.Values.Sum()),
        _ => losses,
    };

    /// <summary>softmax(q k^T / sqrt(K) + mask) v for [B, H, T, K], [B, H, S, K], [B, H, S, V].</summary>
    private static Grid Attention(Grid q, Grid k, Grid v, Func<long, long, double> bias)
    {
        int width = (int)q.Shape[3], sources = (int)k.Shape[2];
        return Grid.Build([q.Shape[0], q.Shape[1], q.Shape[2], v.Shape[3]], at =>
        {
            double[] scores = [.. Enumerable.Range(0, sources).Select(s => (Enumerable.Range(0, width).Sum(c => q[at[0], at[1], at[2], c] * k[at[0], at[1], s, c]) / Math.Sqrt(width)) + bias(at[2], s))];
            double[] weights = ActivationTable.Softmax(scores);
            return Enumerable.Range(0, sources).Sum(s => weights[s] * v[at[0], at[1], s, at[3]]);
        });
    }

    public static IEnumerable<OperatorCase> Cases()
    {
        foreach ((string name, Func<double, double> f) in Pointwise)
        {
            foreach (long[] shape in (long[][])[[], [1], [65], [2, 3, 5]])
            {
                yield return new(typeof(functional), name, [Sample.Seeded(2, -4, 4, shape)], g => [g[0].Map(f)]);
                bool takesInPlace = OperatorCall.Find(typeof(functional), name, true, [Sample.X(1), true]) is not null;
                if (takesInPlace)
                {
                    Tensor written = Sample.Seeded(2, -4, 4, shape);
                    yield return new(typeof(functional), name, [written.clone(), false], g => [g[0].Map(f)]);
                }
            }
        }

        foreach (OperatorCase functionalCase in Activations().Concat(Layers()).Concat(Windows()).Concat(Losses()))
        {
            yield return functionalCase;
        }
    }

    private static CaseList Activations() => new(typeof(functional))
    {
        { "elu", [Sample.X(65), 0.7], g => g[0].Map(x => x > 0 ? x : 0.7 * (Math.Exp(x) - 1)) },
        { "celu", [Sample.X(65), 0.7], g => g[0].Map(x => x > 0 ? x : 0.7 * (Math.Exp(x / 0.7) - 1)) },
        { "gelu", [Sample.X(65), Modules.GELU.Approximate.tanh], g => g[0].Map(ActivationTable.TanhGelu) },
        { "leaky_relu", [Sample.X(65), 0.2], g => g[0].Map(x => x > 0 ? x : 0.2 * x) },
        { "hardtanh", [Sample.X(65), -0.5, 0.75], g => g[0].Map(x => Math.Clamp(x, -0.5, 0.75)) },
        { "threshold", [Sample.X(65), 0.3, 7.0], g => g[0].Map(x => x > 0.3 ? x : 7) },
        { "softplus", [Sample.X(65), 2.0], g => g[0].Map(x => Math.Log(1 + Math.Exp(2 * x)) / 2) },
        { "glu", [Sample.X(3, 4)], g => g[0].Along(-1, ActivationTable.Glu) },
        { "softmax", [Sample.X(2, 65), 1L], g => g[0].Along(1, ActivationTable.Softmax) },
        { "softmin", [Sample.X(2, 65), 1L], g => g[0].Map(x => -x).Along(1, ActivationTable.Softmax) },
        { "log_softmax", [Sample.X(2, 65), 1L], g => g[0].Along(1, ActivationTable.LogSoftmax) },
    };

    private static CaseList Layers() => new(typeof(functional))
    {
        { "linear", [Sample.X(2, 3, 5), Sample.Y(4, 5)], g => Linear(g[0], g[1]) },
        { "linear", [Sample.X(65, 3), Sample.Y(2, 3), Sample.Z(2)], g => Plus(Linear(g[0], g[1]), g[2]) },
        { "linear", [Sample.X(5), Sample.Y(4, 5), Sample.Z(4)], g => Plus(Linear(g[0], g[1]), g[2]) },
        { "bilinear", [Sample.X(3, 2), Sample.Y(3, 4), Sample.Z(5, 2, 4)], g => Grid.Build([3, 5], at => Enumerable.Range(0, 8).Sum(ij => g[0][at[0], ij / 4] * g[2][at[1], ij / 4, ij % 4] * g[1][at[0], ij % 4])) },
        { "layer_norm", [Sample.X(3, 65), new[] { 65L }], g => g[0].Along(-1, Standardised) },
        { "layer_norm", [Sample.X(3, 5), new[] { 5L }, Sample.Y(5), Sample.Z(5), Epsilon], g => Plus(Times(g[0].Along(-1, Standardised), g[1]), g[2]) },
        { "layer_norm", [Sample.X(2, 3, 4), new[] { 3L, 4L }], g => g[0].Reshape(2, 12).Along(-1, Standardised).Reshape(2, 3, 4) },
        { "group_norm", [Sample.X(2, 6, 5), 3L], g => g[0].Reshape(2, 3, 10).Along(-1, Standardised).Reshape(2, 6, 5) },
        { "group_norm", [Sample.X(2, 6, 5), 2L, Sample.Y(6), Sample.Z(6)], g => Plus(Times(g[0].Reshape(2, 2, 15).Along(-1, Standardised).Reshape(2, 6, 5), g[1].Reshape(6, 1)), g[2].Reshape(6, 1)) },
        { "batch_norm", [Sample.X(7, 3), null, null, Sample.Y(3), Sample.Z(3), true], g => Plus(Times(g[0].Along(0, Standardised), g[1]), g[2]) },
        { "batch_norm", [Sample.X(4, 3), Sample.Y(3), Sample.Uniform(0.5, 2, 3)], g => Grid.Build([4, 3], at => (g[0][at] - g[1].Values[at[1]]) / Math.Sqrt(g[2].Values[at[1]] + Epsilon)), false },
        { "normalize", [Sample.X(3, 5)], g => g[0].Along(1, line => [.. line.Select(v => v / Math.Sqrt(line.Sum(x => x * x)))]) },
        { "normalize", [Sample.X(3, 5), 1.0, 0L], g => g[0].Along(0, line => [.. line.Select(v => v / line.Sum(Math.Abs))]) },
        { "cosine_similarity", [Sample.X(3, 5), Sample.Y(3, 5)], g => Grid.Build([3], at => Cosine([.. Enumerable.Range(0, 5).Select(k => (g[0][at[0], k], g[1][at[0], k]))])) },
        { "one_hot", [Sample.Whole(1, 0, 4, 3, 5), 6L], g => Grid.Build([3, 5, 6], at => g[0][at[0], at[1]] == at[2] ? 1 : 0), false },
        { "one_hot", [torch.tensor(new[] { 0L, 2L })], _ => new Grid([2, 3], [1, 0, 0, 0, 0, 1]), false },
        { "dropout", [Sample.X(65), 0.5, false], g => g[0] },
        { "dropout1d", [Sample.X(2, 3, 5), 0.5, false], g => g[0] },
        { "scaled_dot_product_attention", [Sample.X(1, 2, 3, 4), Sample.Y(1, 2, 5, 4), Sample.Z(1, 2, 5, 6)], g => Attention(g[0], g[1], g[2], (_, _) => 0) },
        { "scaled_dot_product_attention", [Sample.X(2, 1, 5, 3), Sample.Y(2, 1, 5, 3), Sample.Z(2, 1, 5, 3), null, 0.0, true], g => Attention(g[0], g[1], g[2], (t, s) => s <= t ? 0 : double.NegativeInfinity) },
        { "scaled_dot_product_attention", [Sample.X(1, 1, 63, 4), Sample.Y(1, 1, 63, 4), Sample.Z(1, 1, 63, 2), null, 0.0, true], g => Attention(g[0], g[1], g[2], (t, s) => s <= t ? 0 : double.NegativeInfinity) },
        { "scaled_dot_product_attention", [Sample.X(1, 2, 3, 4), Sample.Y(1, 2, 3, 4), Sample.Z(1, 2, 3, 4), torch.ones([3, 3], dtype: ScalarType.Bool).tril()], g => Attention(g[0], g[1], g[2], (t, s) => s <= t ? 0 : double.NegativeInfinity) },
        { "scaled_dot_product_attention", [Sample.X(1, 2, 3, 4), Sample.Y(1, 2, 5, 4), Sample.Z(1, 2, 5, 4), Sample.Seeded(9, -1, 1, 3, 5)], g => Attention(g[0], g[1], g[2], (t, s) => g[3][t, s]) },
    };

    private static double Cosine((double A, double B)[] pairs) => pairs.Sum(p => p.A * p.B) / Math.Sqrt(pairs.Sum(p => p.A * p.A) * pairs.Sum(p => p.B * p.B));

    // w [O, C / groups, K] slid over x [N, C, L]
    private static Grid Convolve(Grid x, Grid w, long stride, long left, long right, long dilation, long groups)
    {
        long length = ((x.Shape[2] + left + right - (dilation * (w.Shape[2] - 1)) - 1) / stride) + 1, channels = w.Shape[1];
        return Grid.Build([x.Shape[0], w.Shape[0], length], at =>
        {
            double sum = 0;
            long group = at[1] / (w.Shape[0] / groups);
            for (long c = 0; c < channels; c++)
            {
                for (long k = 0; k < w.Shape[2]; k++)
                {
                    long place = (at[2] * stride) + (k * dilation) - left;
                    sum += place >= 0 && place < x.Shape[2] ? x[at[0], (group * channels) + c, place] * w[at[1], c, k] : 0;
                }
            }

            return sum;
        });
    }

    private static double[] Padded(double[] line, int left, int right, PaddingModes mode)
    {
        int n = line.Length;
        return [.. Enumerable.Range(-left, n + left + right).Select(i => mode switch
        {
            PaddingModes.Circular => line[((i % n) + n) % n],
            PaddingModes.Replicate => line[Math.Clamp(i, 0, n - 1)],
            PaddingModes.Reflect => line[i < 0 ? -i : i >= n ? (2 * n) - 2 - i : i],
            _ => i < 0 || i >= n ? 0.5 : line[i],
        })];
    }

    private static CaseList Windows() => new(typeof(functional))
    {
        { "pad", [Sample.X(3, 5), new[] { 1L, 2L }, PaddingModes.Constant, 0.5], g => g[0].Along(-1, line => Padded(line, 1, 2, PaddingModes.Constant)) },
        { "pad", [Sample.X(3, 5), (2L, 0L), PaddingModes.Constant, 0.5], g => g[0].Along(-1, line => Padded(line, 2, 0, PaddingModes.Constant)) },
        { "pad", [Sample.X(3, 5), (1L, 0L, 0L, 2L), PaddingModes.Constant, 0.5], g => g[0].Along(1, line => Padded(line, 1, 0, PaddingModes.Constant)).Along(0, line => Padded(line, 0, 2, PaddingModes.Constant)) },
        { "pad", [Sample.X(2, 3, 5), new[] { 2L, 1L }, PaddingModes.Reflect], g => g[0].Along(-1, line => Padded(line, 2, 1, PaddingModes.Reflect)) },
        { "pad", [Sample.X(2, 3, 5), new[] { 2L, 1L }, PaddingModes.Replicate], g => g[0].Along(-1, line => Padded(line, 2, 1, PaddingModes.Replicate)) },
        { "pad", [Sample.X(2, 3, 5), new[] { 2L, 1L }, PaddingModes.Circular], g => g[0].Along(-1, line => Padded(line, 2, 1, PaddingModes.Circular)) },
        { "pad", [Sample.X(3, 65), new[] { 0L, -60L }], g => g[0].Along(-1, line => line[..5]) },
        { "conv1d", [Sample.X(2, 3, 10), Sample.Y(4, 3, 3)], g => Convolve(g[0], g[1], 1, 0, 0, 1, 1) },
        { "conv1d", [Sample.X(2, 4, 10), Sample.Y(6, 2, 3), Sample.Z(6), (long?)2, (long?)1, (long?)2, 2L], g => Plus(Convolve(g[0], g[1], 2, 1, 1, 2, 2), g[2].Reshape(6, 1)) },
        { "conv1d_padding", [Sample.X(2, 3, 65), Sample.Y(3, 1, 4), null, null, Padding.Same, null, 3L], g => Convolve(g[0], g[1], 1, 1, 2, 1, 3) },
        { "conv1d_padding", [Sample.X(1, 1, 7), Sample.Y(1, 1, 7)], g => Convolve(g[0], g[1], 1, 0, 0, 1, 1) },
        { "avg_pool1d", [Sample.X(2, 3, 7), 3L], g => g[0].Along(-1, line => [line[..3].Average(), line[3..6].Average()]) },
        { "max_pool1d", [Sample.Distinct(1, 2, 3, 7), 3L, (long?)2], g => g[0].Along(-1, line => [line[..3].Max(), line[2..5].Max(), line[4..7].Max()]) },
        { "unfold", [Sample.X(1, 2, 3, 4), 2L], g => Grid.Build([1, 8, 6], at => g[0][0, at[1] / 4, (at[2] / 3) + (at[1] / 2 % 2), (at[2] % 3) + (at[1] % 2)]) },
        { "unfold", [Sample.X(1, 2, 3, 4), (2L, 1L)], g => Grid.Build([1, 4, 8], at => g[0][0, at[1] / 2, (at[2] / 4) + (at[1] % 2), at[2] % 4]) },
    };

    private static IEnumerable<OperatorCase> Losses()
    {
        Tensor logits = Sample.X(5, 4), classes = torch.tensor(new[] { 0L, 3L, -100L, 1L, 1L }), weights = Sample.Uniform(0.5, 2, 4);
        foreach (Reduction reduction in Enum.GetValues<Reduction>())
        {
            CaseList list = new(typeof(functional))
            {
                { "mse_loss", [Sample.X(3, 5), Sample.Y(3, 5), reduction], g => Reduced(Grid.Zip(g[0], g[1], (x, y) => (x - y) * (x - y)), reduction) },
                { "l1_loss", [Sample.X(65), Sample.Y(65), reduction], g => Reduced(Grid.Zip(g[0], g[1], (x, y) => Math.Abs(x - y)), reduction) },
                { "huber_loss", [Sample.X(65), Sample.Y(65), 0.7, reduction], g => Reduced(Grid.Zip(g[0], g[1], (x, y) => Huber(x - y, 0.7)), reduction) },
                { "smooth_l1_loss", [Sample.X(65), Sample.Y(65), reduction, 0.7], g => Reduced(Grid.Zip(g[0], g[1], (x, y) => Huber(x - y, 0.7) / 0.7), reduction) },
                { "kl_div", [Sample.X(3, 5), Sample.Y(3, 5), true, reduction], g => Reduced(Grid.Zip(g[0], g[1], (x, y) => Math.Exp(y) * (y - x)), reduction) },
                { "kl_div", [Sample.X(3, 5), Sample.Uniform(0.1, 1, 3, 5), false, reduction], g => Reduced(Grid.Zip(g[0], g[1], (x, y) => y * (Math.Log(y) - x)), reduction) },
                { "binary_cross_entropy", [Sample.Uniform(0.1, 0.9, 65), Sample.Seeded(12, 0, 1, 65), null, reduction], g => Reduced(Grid.Zip(g[0], g[1], (p, y) => -(y * Math.Log(p)) - ((1 - y) * Math.Log(1 - p))), reduction), false },
                { "binary_cross_entropy_with_logits", [Sample.X(65), Sample.Seeded(12, 0, 1, 65), null, reduction], g => Reduced(Grid.Zip(g[0], g[1], (x, y) => -(y * Math.Log(Sigmoid(x))) - ((1 - y) * Math.Log(1 - Sigmoid(x)))), reduction) },
                { "nll_loss", [Sample.X(5, 4), torch.tensor(new[] { 0L, 3L, 2L, 1L, 1L }), null, reduction], g => Reduced(Grid.Build([5], at => -g[0][at[0], (long)g[1].Values[at[0]]]), reduction) },
                { "cross_entropy", [logits, classes, null, -100L, reduction, 0.0], g => CrossEntropy(g[0], g[1], null, 0, reduction) },
                { "cross_entropy", [logits, classes, null, -100L, reduction, 0.1], g => CrossEntropy(g[0], g[1], null, 0.1, reduction) },
                { "cross_entropy", [logits, classes, weights, -100L, reduction, 0.0], g => CrossEntropy(g[0], g[1], g[2], 0, reduction), false },
            };
            foreach (OperatorCase loss in list)
            {
                yield return loss;
            }
        }

        CaseList others = new(typeof(functional))
        {
            { "cross_entropy", [Sample.X(2, 4, 3), torch.tensor(new[,] { { 0L, 1L, 2L }, { 3L, 3L, 0L } })], g => Grid.Scalar(Enumerable.Range(0, 6).Average(i => LogSumExp(Enumerable.Range(0, 4).Select(c => g[0][i / 3, c, i % 3])) - g[0][i / 3, (long)g[1].Values[i], i % 3])) },
            { "cross_entropy", [Sample.X(3, 4), Sample.Uniform(0, 1, 3, 4)], g => Grid.Scalar(Grid.Zip(g[0].Along(1, ActivationTable.LogSoftmax), g[1], (l, p) => -l * p).Values.Sum() / 3) },
            { "ctc_loss", [torch.full([2, 1, 2], -Math.Log(2), ScalarType.Float64), torch.tensor(new[,] { { 1L } }), torch.tensor(new[] { 2L }), torch.tensor(new[] { 1L })], _ => Grid.Scalar(-Math.Log(0.75)), false, false },
        };
        foreach (OperatorCase loss in others)
        {
            yield return loss;
        }
    }

    private static double Huber(double d, double delta) => Math.Abs(d) < delta ? 0.5 * d * d : delta * (Math.Abs(d) - (0.5 * delta));

    private static Grid CrossEntropy(Grid logits, Grid classes, Grid? weights, double smoothing, Reduction reduction)
    {
        Grid logs = logits.Along(1, ActivationTable.LogSoftmax);
        long width = logits.Shape[1];
        double W(long c) => weights?.Values[c] ?? 1;
        Grid losses = Grid.Build(classes.Shape, at => classes[at] < 0 ? 0 : Enumerable.Range(0, (int)width).Sum(c => -W(c) * logs[at[0], c] * ((c == (long)classes[at] ? 1 - smoothing : 0) + (smoothing / width))));
        double total = classes.Values.Where(c => c >= 0).Sum(c => W((long)c));
        return reduction == Reduction.Mean ? Grid.Scalar(losses.Values.Sum() / total) : Reduced(losses, reduction);
    }
}
