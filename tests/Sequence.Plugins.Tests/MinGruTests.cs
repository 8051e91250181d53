using Sequence.Framework.Scans;
using Sequence.MinimalRnn;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

public sealed class MinGruTests : IDisposable
{
    private const int D = 6;
    private const double Tolerance = 1e-10;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, Candidate.Positive, null)]
    [InlineData(1, Candidate.Plain, null)]
    [InlineData(1.5, Candidate.Positive, 4)]
    public void Equals_its_equation(double expansion, Candidate candidate, int? taps)
    {
        using var layer = new MinGru(new MinGruOptions { Expansion = expansion, Candidate = candidate, Taps = taps }, D).to(ScalarType.Float64);
        var E = (int)(expansion * D);
        var x = randn([1, 65, D], float64, generator: new Generator(2));
        var (W_z, W_h) = (new Weight(layer, "projection", 0, E), new Weight(layer, "projection", E, E));

        var tokens = Weight.Tokens(x);
        var h = new double[E];
        var expected = new List<double>();
        for (var t = 0; t < tokens.Length; t++)
        {
            var x_t = taps is null ? tokens[t] : Convolved(layer, tokens, t);
            var (k, c) = (W_z.Of(x_t), W_h.Of(x_t));
            for (var e = 0; e < E; e++)
            {
                var z = 1 / (1 + Math.Exp(-k[e]));
                var g = candidate == Candidate.Plain ? c[e] : c[e] >= 0 ? c[e] + 0.5 : 1 / (1 + Math.Exp(-c[e]));
                h[e] = (1 - z) * h[e] + z * g;
            }

            expected.AddRange(E == D ? h : new Weight(layer, "output", 0, D).Of(h));
        }

        Assert.True(tensor(expected.ToArray()).view(1, 65, D).allclose(ScanMixers.Of(layer).Forward(x, SequenceContext.Dense), Tolerance, Tolerance));
    }

    [Fact]
    public void A_positive_candidate_keeps_the_state_positive_and_the_scan_needs_no_logarithm_of_it()
    {
        using var mixer = ScanMixers.Of(new MinGru(new MinGruOptions(), D));
        var y = mixer.Forward(randn([2, 100, D]) * 10, SequenceContext.Dense);
        Assert.True(y.min().ToDouble() > 0);
    }

    [Theory]
    [InlineData(null, 128)]
    [InlineData(4, 128 + 3 * 128)]
    public void The_state_is_a_vector_and_a_window_at_any_length(int? taps, long numbers)
    {
        using var mixer = ScanMixers.Of(new MinGru(new MinGruOptions { Taps = taps }, width: 128));
        Assert.Equal(new StateCost(StateGrowth.Constant, numbers * sizeof(float)), mixer.Cost);
    }

    [Fact]
    public void A_gate_that_is_wide_open_or_shut_gives_no_gradient_that_is_not_finite()
    {
        using var mixer = ScanMixers.Of(new MinGru(new MinGruOptions(), D));
        var x = (randn([2, 65, D]) * 1e4).requires_grad_();
        var starts = zeros(2, 65, @bool);
        starts[1, 30] = tensor(true);

        mixer.Forward(x, new SequenceContext { Starts = starts }).sum().backward();

        Assert.True(x.grad!.isfinite().all().ToBoolean());
    }

    private static double[] Convolved(MinGru layer, double[][] tokens, int t)
    {
        var parameters = layer.state_dict();
        var (W, b) = (Weight.Values(parameters["convolution.weight"]), Weight.Values(parameters["convolution.bias"]));
        var taps = W.Length / D;
        return [.. Enumerable.Range(0, D).Select(d => b[d] + Enumerable.Range(0, Math.Min(taps, t + 1)).Sum(j => W[j * D + d] * tokens[t - j][d]))];
    }
}
