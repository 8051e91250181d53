using Sequence.Framework.Scans;
using Sequence.Mamba;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

public sealed class MambaTests : IDisposable
{
    private const int D = 6;
    private const double Tolerance = 1e-10;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(2, 16, 4, null)]
    [InlineData(1, 3, 2, 5)]
    [InlineData(3, 4, 1, null)]
    public void Equals_its_equation(int expansion, int N, int w, int? rank)
    {
        using var mamba = Make(new MambaOptions { Expansion = expansion, StateSize = N, Taps = w, StepRank = rank });
        var (E, R) = (expansion * D, rank ?? 1);
        var x = randn([1, 65, D], float64);
        var parameters = mamba.state_dict();
        var (W_v, W_z) = (new Weight(mamba, "input", 0, E), new Weight(mamba, "input", E, E));
        var (W_r, W_B, W_C) = (new Weight(mamba, "select", 0, R), new Weight(mamba, "select", R, N), new Weight(mamba, "select", R + N, N));
        var (W_dt, W_out) = (new Weight(mamba, "step", 0, E), new Weight(mamba, "output", 0, D));
        var (W_conv, b_conv) = (Weight.Values(parameters["convolution.weight"]), Weight.Values(parameters["convolution.bias"]));
        var (A_log, skip) = (Weight.Values(parameters["a_log"]), Weight.Values(parameters["skip"]));

        var h = new double[N, E];
        var v = new List<double[]>();
        var expected = new List<double>();
        foreach (var x_t in Weight.Tokens(x))
        {
            v.Add(W_v.Of(x_t));
            var z = W_z.Of(x_t);
            var u = Enumerable.Range(0, E)
                .Select(e => b_conv[e] + Enumerable.Range(0, Math.Min(w, v.Count)).Sum(j => W_conv[j * E + e] * v[^(j + 1)][e]))
                .Select(Silu)
                .ToArray();
            var (B, C) = (W_B.Of(u), W_C.Of(u));
            var dt = W_dt.Of(W_r.Of(u)).Select(each => Math.Log(1 + Math.Exp(each))).ToArray();
            var y = new double[E];
            for (var e = 0; e < E; e++)
            {
                for (var n = 0; n < N; n++)
                {
                    h[n, e] = Math.Exp(-dt[e] * Math.Exp(A_log[n * E + e])) * h[n, e] + dt[e] * B[n] * u[e];
                    y[e] += C[n] * h[n, e];
                }

                y[e] = (y[e] + skip[e] * u[e]) * Silu(z[e]);
            }

            expected.AddRange(W_out.Of(y));
        }

        Assert.True(tensor(expected.ToArray()).view(1, 65, D).allclose(ScanMixers.Of(mamba).Forward(x, SequenceContext.Dense), Tolerance, Tolerance));
    }

    [Fact]
    public void Starts_as_the_paper_says()
    {
        using var mamba = new Sequence.Mamba.Mamba(new MambaOptions { ShortestStep = 0.01, LongestStep = 0.5 }, width: 64);
        var parameters = mamba.state_dict();
        var A = -parameters["a_log"].view(16, 128).exp();
        var step = nn.functional.softplus(parameters["step.bias"]);

        Assert.True(A.allclose(-arange(1, 17, float32).unsqueeze(1).expand(16, 128)), "A_n = -(n + 1) in every channel.");
        Assert.InRange(step.min().ToDouble(), 0.0099, 0.02);
        Assert.InRange(step.max().ToDouble(), 0.3, 0.501);
        Assert.InRange(step.log().mean().ToDouble(), Math.Log(0.05), Math.Log(0.1));
        Assert.Equal([128, 4], parameters["step.weight"].shape);
        Assert.InRange(parameters["step.weight"].abs().max().ToDouble(), 0.45, 0.5);
        Assert.True(parameters["skip"].Equals(ones(128)));
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(2, 1, 60)]
    [InlineData(3, 61, 1)]
    public void The_window_of_the_convolution_is_part_of_the_state(params int[] pieces)
    {
        using var mamba = ScanMixers.Of(Make(new MambaOptions()));
        var T = pieces.Sum();
        var x = randn([2, T, D], float64);
        using var state = mamba.CreateState(2);

        var at = 0;
        List<Tensor> parts = [];
        foreach (var piece in pieces)
        {
            parts.Add(mamba.Advance(x.narrow(1, at, piece), SequenceContext.Dense, state));
            at += piece;
        }

        Assert.True(mamba.Forward(x, SequenceContext.Dense).allclose(cat([.. parts], 1), Tolerance, Tolerance));
    }

    [Fact]
    public void Documents_that_start_inside_the_window_see_nothing_of_the_one_before()
    {
        using var mamba = ScanMixers.Of(Make(new MambaOptions()));
        var x = randn([1, 9, D], float64);
        var starts = zeros(1, 9, @bool);
        foreach (var start in (long[])[2, 3, 5])
            starts[0, start] = tensor(true);
        using var state = mamba.CreateState(1);

        var packed = mamba.Forward(x, new SequenceContext { Starts = starts });
        var streamed = new[] { (0L, 4L), (4L, 1L), (5L, 4L) }
            .Select(piece => mamba.Advance(x.narrow(1, piece.Item1, piece.Item2), new SequenceContext { Starts = starts.narrow(1, piece.Item1, piece.Item2) }, state))
            .ToArray();

        var alone = new[] { (0L, 2L), (2L, 1L), (3L, 2L), (5L, 4L) }
            .Select(document => mamba.Forward(x.narrow(1, document.Item1, document.Item2), SequenceContext.Dense))
            .ToArray();
        Assert.True(cat(alone, 1).allclose(packed, Tolerance, Tolerance));
        Assert.True(packed.allclose(cat(streamed, 1), Tolerance, Tolerance));
    }

    [Fact]
    public void Documents_that_would_start_in_the_padding_start_nowhere()
    {
        using var mamba = ScanMixers.Of(Make(new MambaOptions()));
        var x = randn([1, 9, D], float64);
        var starts = zeros(1, 9, @bool);
        starts[0, 6] = tensor(true);
        using var padded = mamba.CreateState(1);
        using var plain = mamba.CreateState(1);

        mamba.Advance(x, new SequenceContext { Starts = starts, Lengths = [4] }, padded);
        mamba.Advance(x.narrow(1, 0, 4), SequenceContext.Dense, plain);

        Assert.All(plain.Tensors.Zip(padded.Tensors), pair => Assert.True(pair.First.allclose(pair.Second, Tolerance, Tolerance)));
    }

    [Fact]
    public void Gradients_of_packed_and_padded_rows_are_finite()
    {
        using var mamba = Make(new MambaOptions());
        var x = randn([2, 20, D], float64).requires_grad_();
        var starts = zeros(2, 20, @bool);
        starts[0, 7] = tensor(true);

        ScanMixers.Of(mamba).Forward(x, new SequenceContext { Starts = starts, Lengths = [20, 13] })[0].sum().backward();

        Assert.True(x.grad!.isfinite().all().ToBoolean());
        Assert.All(mamba.parameters(), parameter => Assert.True(parameter.grad!.isfinite().all().ToBoolean()));
    }

    [Fact]
    public void The_state_is_its_matrix_and_its_window_at_any_length()
    {
        using var mamba = new Sequence.Mamba.Mamba(new MambaOptions(), width: 128);
        Assert.Equal(new StateCost(StateGrowth.Constant, (16 + 3) * 256 * sizeof(float)), ScanMixers.Of(mamba).Cost);
    }

    [Fact]
    public void Steps_that_do_not_fit_are_refused() => Assert.Equal(
        "shortestStep: 0.5 is longer than longestStep 0.1.",
        Assert.Throws<ArgumentException>(() => new Sequence.Mamba.Mamba(new MambaOptions { ShortestStep = 0.5 }, D)).Message);

    private static Sequence.Mamba.Mamba Make(MambaOptions options)
    {
        manual_seed(1);
        return new Sequence.Mamba.Mamba(options, D).to(ScalarType.Float64);
    }

    private static double Silu(double x) => x / (1 + Math.Exp(-x));
}
