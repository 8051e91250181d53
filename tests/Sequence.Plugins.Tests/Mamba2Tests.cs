using Sequence.Framework.Scans;
using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Kernels.Registry;
using Sequence.Mamba;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

public sealed class Mamba2Tests : IDisposable
{
    private const int D = 8;
    private const double Tolerance = 1e-10;
    private const double Epsilon = 1e-5;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(ScanSchedule.Auto, "fused outer-product scan in chunks on the CPU")]
    [InlineData(ScanSchedule.Fold, "fold scan in tensor operations")]
    public void The_form_says_what_runs(ScanSchedule schedule, string form)
    {
        using var mixer = (AffineScanMixer<Decay, TensorState>)ScanMixers.Of(Make(new Mamba2Options { HeadWidth = 4 }));
        mixer.Schedule = schedule;
        using var record = FormRecord.Begin();
        mixer.Forward(zeros(1, 5, D, float64), SequenceContext.Dense);
        Assert.Single(record.Forms, each => each.Form.StartsWith(form, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, 4, 7, 1, 4)]
    [InlineData(2, 4, 3, 2, 4)]
    [InlineData(1, 8, 5, 1, 1)]
    [InlineData(3, 6, 2, 4, 2)]
    public void Equals_its_equation(int expansion, int P, int N, int G, int w)
    {
        using var mamba = Make(new Mamba2Options { Expansion = expansion, HeadWidth = P, StateSize = N, Groups = G, Taps = w });
        var E = expansion * D;
        var (H, C) = (E / P, E + 2 * G * N);
        using (no_grad())
        {
            foreach (var (_, parameter) in mamba.named_parameters().Where(each => each.parameter.dim() == 1))
                parameter.mul_(1 + 0.3 * rand_like(parameter));
        }

        var x = randn([1, 70, D], float64);
        var parameters = mamba.state_dict();
        double[] Values(string name) => Weight.Values(parameters[name]);
        var (W_z, W_v, W_s) = (new Weight(mamba, "input", 0, E), new Weight(mamba, "input", E, C), new Weight(mamba, "input", E + C, H));
        var (W_conv, b_conv, b_dt) = (Values("convolution.weight"), Values("convolution.bias"), Values("step_bias"));
        var (A_log, skip, scale) = (Values("a_log"), Values("skip"), Values("norm.weight"));
        var W_out = new Weight(mamba, "output", 0, D);

        var S = new double[E, N];
        var v = new List<double[]>();
        var expected = new List<double>();
        foreach (var x_t in Weight.Tokens(x))
        {
            v.Add(W_v.Of(x_t));
            var z = W_z.Of(x_t);
            var uBC = Enumerable.Range(0, C)
                .Select(c => b_conv[c] + Enumerable.Range(0, Math.Min(w, v.Count)).Sum(j => W_conv[j * C + c] * v[^(j + 1)][c]))
                .Select(Silu)
                .ToArray();
            var dt = W_s.Of(x_t).Zip(b_dt, (s, b) => Math.Log(1 + Math.Exp(s + b))).ToArray();
            var r = new double[E];
            for (var e = 0; e < E; e++)
            {
                var head = e / P;
                var group = head / (H / G);
                for (var n = 0; n < N; n++)
                {
                    var (B_n, C_n) = (uBC[E + group * N + n], uBC[E + G * N + group * N + n]);
                    S[e, n] = Math.Exp(-dt[head] * Math.Exp(A_log[head])) * S[e, n] + dt[head] * uBC[e] * B_n;
                    r[e] += C_n * S[e, n];
                }

                r[e] = (r[e] + skip[head] * uBC[e]) * Silu(z[e]);
            }

            var norm = Enumerable.Range(0, G).Select(g => Math.Sqrt(r.Skip(g * E / G).Take(E / G).Average(each => each * each) + Epsilon)).ToArray();
            expected.AddRange(W_out.Of([.. r.Select((each, e) => scale[e] * each / norm[e / (E / G)])]));
        }

        Assert.True(tensor(expected.ToArray()).view(1, 70, D).allclose(ScanMixers.Of(mamba).Forward(x, SequenceContext.Dense), Tolerance, Tolerance));
    }

    [Fact]
    public void Starts_as_the_paper_says()
    {
        using var mamba = new Mamba2(new Mamba2Options { HeadWidth = 1 }, width: 128);
        var parameters = mamba.state_dict();
        var A = -parameters["a_log"].exp();
        var step = nn.functional.softplus(parameters["step_bias"]);

        Assert.InRange(A.min().ToDouble(), -16, -15);
        Assert.InRange(A.max().ToDouble(), -2, -1);
        Assert.InRange(A.mean().ToDouble(), -9.5, -7.5);
        Assert.InRange(step.min().ToDouble(), 0.00099, 0.002);
        Assert.InRange(step.max().ToDouble(), 0.05, 0.1001);
        Assert.True(parameters["skip"].Equals(ones(256)));
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(2, 1, 66)]
    public void The_window_of_the_convolution_is_part_of_the_state(params int[] pieces)
    {
        using var mamba = ScanMixers.Of(Make(new Mamba2Options { HeadWidth = 4, StateSize = 6 }));
        var x = randn([2, pieces.Sum(), D], float64);
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
    public void The_norm_does_not_overflow_where_its_inputs_do_not()
    {
        var mamba = new Mamba2(new Mamba2Options { HeadWidth = 4, StateSize = 6 }, D);
        using var mixer = ScanMixers.Of(mamba);
        var x = (randn([1, 30, D]) * 1e4).requires_grad_();

        var y = mixer.Forward(x, SequenceContext.Dense);
        y.sum().backward();

        Assert.True(y.abs().max().ToDouble() > 0, "An infinite norm divides everything to 0.");
        Assert.All(mamba.parameters(), parameter => Assert.True(parameter.grad!.isfinite().all().ToBoolean()));
    }

    [Fact]
    public void The_state_is_its_matrices_and_its_window_at_any_length()
    {
        using var mamba = ScanMixers.Of(new Mamba2(new Mamba2Options(), width: 128));
        Assert.Equal(new StateCost(StateGrowth.Constant, (128 * 256 + 3 * (256 + 2 * 128)) * sizeof(float)), mamba.Cost);
    }

    [Theory]
    [InlineData(3, 1, "headWidth: 3 does not divide the inner width 16 (expansion 2 x width 8).")]
    [InlineData(4, 3, "groups: 3 does not divide the 4 heads.")]
    public void Heads_that_do_not_fit_are_refused(int headWidth, int groups, string problem) => Assert.Equal(
        problem,
        Assert.Throws<ArgumentException>(() => new Mamba2(new Mamba2Options { HeadWidth = headWidth, Groups = groups }, D)).Message);

    private static Mamba2 Make(Mamba2Options options)
    {
        manual_seed(1);
        return new Mamba2(options, D).to(ScalarType.Float64);
    }

    private static double Silu(double x) => x / (1 + Math.Exp(-x));
}
