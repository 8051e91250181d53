using Sequence.Blocks;
using Sequence.Components;
using Sequence.GatedTree;
using Sequence.Scans;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

public sealed class GatedTreeTests : IDisposable
{
    private const int D = 6;
    private const double Tolerance = 1e-10;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public void Equals_its_equation(int c, bool mixPlaces)
    {
        using var unit = Make(c, mixPlaces);
        var H = 2 * D;
        var (a, b) = (randn([1, 1, c, D], float64), randn([1, 1, c, D], float64));
        double[][] Of(Tensor chunk) => Weight.Tokens(chunk.view(1, c, D));
        double[] Norm(double[] x)
        {
            var mean = x.Average();
            return [.. x.Select(value => (value - mean) / Math.Sqrt(x.Average(each => (each - mean) * (each - mean)) + 1e-5))];
        }

        double[][] normed = [.. Of(a).Select(Norm), .. Of(b).Select(Norm)];
        var P = mixPlaces && c > 1 ? Weight.Tokens(unit.state_dict()["places"].unsqueeze(0)) : null;
        var (gates, hidden) = (new Weight(unit, "gates_hidden", 0, 3 * D), new Weight(unit, "gates_hidden", 3 * D, H));
        var candidate = new Weight(unit, "candidate", 0, D);
        var expected = new List<double>();
        for (var j = 0; j < c; j++)
        {
            double[] z = [.. normed[j], .. normed[c + j]];
            if (P is not null)
                z = [.. z, .. Enumerable.Range(0, D).Select(d => Enumerable.Range(0, 2 * c).Sum(k => P[j][k] * normed[k][d]))];
            var n = candidate.Of(Weight.Values(nn.functional.gelu(tensor(hidden.Of(z))))).Select(Math.Tanh).ToArray();
            var g = gates.Of(z).Select(Math.Exp).ToArray();
            for (var d = 0; d < D; d++)
                expected.Add((g[d] * n[d] + g[D + d] * Of(a)[j][d] + g[2 * D + d] * Of(b)[j][d]) / (g[d] + g[D + d] + g[2 * D + d]));
        }

        var actual = unit.Aggregate(new(a), new(b)).Vectors;
        Assert.Equal(a.shape, actual.shape);
        Assert.True(tensor(expected.ToArray()).view(1, 1, c, D).allclose(actual, Tolerance, Tolerance));
    }

    [Fact]
    public void No_value_leaves_the_range_of_the_children_and_one()
    {
        using var unit = Make(2, mixPlaces: true);
        var node = new ChunkState(3 * randn([1, 64, 2, D], float64));
        var bound = node.Vectors.abs().max().ToDouble();
        while (node.Vectors.shape[1] > 1)
        {
            var half = node.Vectors.shape[1] / 2;
            node = unit.Aggregate(new(node.Vectors.narrow(1, 0, half)), new(node.Vectors.narrow(1, half, half)));
            Assert.InRange(node.Vectors.abs().max().ToDouble(), 0, bound);
        }
    }

    [Fact]
    public void Order_and_brackets_matter()
    {
        using var unit = Make(1, mixPlaces: true);
        ChunkState Draw() => new(randn([1, 1, 1, D], float64));
        var (a, b, c) = (Draw(), Draw(), Draw());

        Assert.Equal(Algebra.ExactlyBracketed, unit.Algebra);
        Differ(unit.Aggregate(a, b), unit.Aggregate(b, a));
        Differ(unit.Aggregate(unit.Aggregate(a, b), c), unit.Aggregate(a, unit.Aggregate(b, c)));

        static void Differ(ChunkState one, ChunkState other) => Assert.False(one.Vectors.allclose(other.Vectors, 1e-3, 1e-3));
    }

    private static Sequence.GatedTree.GatedTree Make(int c, bool mixPlaces)
    {
        manual_seed(1);
        var norm = new Component<Norm>("layer", new LayerNormOptions(), context => new LayerNorm(new(), context.Width));
        var unit = new Sequence.GatedTree.GatedTree(new() { MixPlaces = mixPlaces, Norm = norm }, new(D, 0, 1) { ChunkSize = c });
        unit.to(ScalarType.Float64);
        return unit;
    }
}
