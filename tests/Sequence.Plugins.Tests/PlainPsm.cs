using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

/// <summary>
/// Transformer-PSM once more, for one sequence, in loops over numbers: brackets by a recursive function, one chunk after the other, no cache, nothing batched.
/// Attention without positions, MLPs with SiLU, layer norms; the weights are read out of the layer.
/// </summary>
internal sealed class PlainPsm(nn.Module psm, int c, int heads, bool bidirectional)
{
    private readonly Dictionary<string, double[]> _vectors = psm.state_dict().Where(each => each.Value.dim() == 1).ToDictionary(each => each.Key, each => Weight.Values(each.Value));
    private readonly Dictionary<(int From, int Size), double[][]> _nodes = [];
    private readonly double[][]? _positions = Rows(psm, "positions");
    private readonly double[][]? _segments = Rows(psm, "aggregator.segments");
    private readonly double[][]? _inferenceSegments = Rows(psm, "inference.segments");
    private double[][] _x = [];

    /// <summary>The outputs of the tokens x.</summary>
    public double[][] Outputs(double[][] x)
    {
        _x = [.. x.Select((vector, t) => _positions is null ? vector : Sum(vector, _positions[t % c]))];
        _nodes.Clear();
        return [.. Enumerable.Range(0, (x.Length + c - 1) / c).SelectMany(Infer)];
    }

    private IEnumerable<double[]> Infer(int i)
    {
        var chunk = _x.Skip(i * c).Take(c).ToArray();
        var outputs = Stack("inference", [.. i == 0 ? [] : Prefix(i).Select(Marked(0)), .. chunk.Select(Marked(1))], causal: true);
        return outputs[^chunk.Length..];
    }

    private Func<double[], double[]> Marked(int segment) => vector => _inferenceSegments is null ? vector : Sum(vector, _inferenceSegments[segment]);

    /// <summary>The aggregate of the first n chunks: that of all but the last complete subtree, then that subtree.</summary>
    private double[][] Prefix(int n)
    {
        var last = n & -n;
        var subtree = Node(n - last, last);
        return n == last ? subtree : Aggregate(Prefix(n - last), subtree);
    }

    /// <summary>A complete subtree over a power of two of chunks.</summary>
    private double[][] Node(int from, int size)
    {
        if (!_nodes.TryGetValue((from, size), out var node))
        {
            node = size == 1 ? _x[(from * c)..(from * c + c)] : Aggregate(Node(from, size / 2), Node(from + size / 2, size / 2));
            _nodes[(from, size)] = node;
        }

        return node;
    }

    private double[][] Aggregate(double[][] a, double[][] b)
    {
        double[][] pair = [.. a, .. b];
        if (_segments is not null)
            pair = [.. pair.Select((vector, i) => Sum(vector, _segments[i / c]))];
        return Stack("aggregator", pair, causal: !bidirectional)[^c..];
    }

    private double[][] Stack(string stack, double[][] x, bool causal)
    {
        for (var depth = 0; _vectors.ContainsKey($"{stack}.blocks.{depth}.channel_norm.weight"); depth++)
        {
            var block = $"{stack}.blocks.{depth}";
            x = stack == "aggregator"
                ? Attend(x, $"{block}.attention_norm", $"{block}.attention.query", 0, $"{block}.attention.key_value", 0, $"{block}.attention.output", causal)
                : Attend(x, $"{block}.mixer_norm", $"{block}.mixer.query_key_value", 0, $"{block}.mixer.query_key_value", x[0].Length, $"{block}.mixer.output", causal);
            x = [.. x.Select(vector => Sum(vector, Map($"{block}.channel_mixer.down")([.. Map($"{block}.channel_mixer.up")(Norm($"{block}.channel_norm", vector)).Select(Silu)])))];
        }

        return [.. x.Select(vector => Norm($"{stack}.norm", vector))];
    }

    private double[][] Attend(double[][] x, string norm, string query, int queryRow, string keyValue, int keyRow, string output, bool causal)
    {
        var D = x[0].Length;
        var K = D / heads;
        var h = x.Select(vector => Norm(norm, vector)).ToArray();
        var q = h.Select(new Weight(psm, query, queryRow, D).Of).ToArray();
        var k = h.Select(new Weight(psm, keyValue, keyRow, D).Of).ToArray();
        var v = h.Select(new Weight(psm, keyValue, keyRow + D, D).Of).ToArray();
        var mixed = x.Select((_, t) =>
        {
            var y = new double[D];
            var seen = causal ? t + 1 : x.Length;
            for (var d = 0; d < D; d++)
            {
                var head = Enumerable.Range(d / K * K, K);
                var weights = Enumerable.Range(0, seen).Select(s => Math.Exp(head.Sum(j => q[t][j] * k[s][j]) / Math.Sqrt(K))).ToArray();
                y[d] = weights.Select((weight, s) => weight * v[s][d]).Sum() / weights.Sum();
            }

            return y;
        });
        return [.. mixed.Select(Map(output)).Zip(x, Sum)];
    }

    private double[] Norm(string name, double[] x)
    {
        var (mean, w, b) = (x.Average(), _vectors[$"{name}.weight"], _vectors[$"{name}.bias"]);
        var deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
        return [.. x.Select((value, d) => w[d] * (value - mean) / deviation + b[d])];
    }

    private Func<double[], double[]> Map(string name) => new Weight(psm, name, 0, _vectors[$"{name}.bias"].Length).Of;

    private static double Silu(double x) => x / (1 + Math.Exp(-x));

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[][]? Rows(nn.Module module, string name) =>
        module.state_dict().TryGetValue(name, out var table) ? Weight.Tokens(table.unsqueeze(0)) : null;
}
