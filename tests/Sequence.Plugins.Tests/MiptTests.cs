using System.Numerics;
using Sequence.Framework.Scans;
using Sequence.Kernels.Registry;
using Sequence.Mipt;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

public sealed class MiptTests : IDisposable
{
    private const int D = 6;
    private const double Tolerance = 1e-10;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equals_its_equation(bool outputProjection)
    {
        using var mipt = Make(new MiptOptions { OutputProjection = outputProjection });
        var x = randn([1, 65, D], float64);
        var (W_p, W_theta) = (new Weight(mipt, "projection", 0, D), new Weight(mipt, "projection", D, D));
        var (W_r, W_i) = (new Weight(mipt, "projection", 2 * D, D), new Weight(mipt, "projection", 3 * D, D));

        var h = new Complex[D];
        var expected = new List<double>();
        foreach (var x_t in Weight.Tokens(x))
        {
            var (logit, theta, u_r, u_i) = (W_p.Of(x_t), W_theta.Of(x_t), W_r.Of(x_t), W_i.Of(x_t));
            for (var d = 0; d < D; d++)
            {
                var p = 1 / (1 + Math.Exp(-logit[d]));
                h[d] = (1 - p) * Complex.Exp(Complex.ImaginaryOne * theta[d]) * h[d] + p * new Complex(u_r[d], u_i[d]);
            }

            double[] parts = [.. h.Select(each => each.Real), .. h.Select(each => each.Imaginary)];
            expected.AddRange(outputProjection ? new Weight(mipt, "output", 0, D).Of(parts) : parts[..D]);
        }

        Assert.True(tensor(expected.ToArray()).view(1, 65, D).allclose(ScanMixers.Of(mipt).Forward(x, SequenceContext.Dense), Tolerance, Tolerance));
    }

    [Fact]
    public void Starts_measuring_as_seldom_as_its_options_say()
    {
        using var mipt = Make(new MiptOptions { MeasurementBias = -3 });
        var bias = mipt.state_dict()["projection.bias"];
        Assert.Equal(-3, bias.narrow(0, 0, D).max().ToDouble());
        Assert.Equal(-3, bias.narrow(0, 0, D).min().ToDouble());
        Assert.True(bias.narrow(0, D, 3 * D).abs().max().ToDouble() <= 1 / Math.Sqrt(D), "The other maps start as linear layers do.");
    }

    [Fact]
    public void The_state_is_two_numbers_a_channel_at_any_length()
    {
        using var mixer = ScanMixers.Of(new Sequence.Mipt.Mipt(new MiptOptions(), width: 128));
        Assert.Equal(new StateCost(StateGrowth.Constant, 1_024), mixer.Cost);
    }

    [Fact]
    public void Large_gates_stay_finite_in_outputs_and_gradients()
    {
        using var mixer = ScanMixers.Of(Make(new MiptOptions()));
        var x = (randn([2, 100, D], float64) * 1e4).requires_grad_();

        var y = mixer.Forward(x, SequenceContext.Dense);
        y.sum().backward();

        Assert.True(y.isfinite().all().ToBoolean());
        Assert.True(x.grad!.isfinite().all().ToBoolean());
    }

    [Fact]
    public void Says_that_its_state_of_float32_is_scanned_fused_on_the_cpu()
    {
        using var mixer = ScanMixers.Of(new Sequence.Mipt.Mipt(new MiptOptions(), width: 4));
        mixer.to(bfloat16);
        using var record = FormRecord.Begin();
        mixer.Forward(zeros(1, 5, 4, bfloat16), SequenceContext.Dense);
        Assert.StartsWith("fused complex diagonal scan on the CPU", Assert.Single(record.Forms).Form, StringComparison.Ordinal);
    }

    private static Sequence.Mipt.Mipt Make(MiptOptions options)
    {
        manual_seed(1);
        return new Sequence.Mipt.Mipt(options, D).to(ScalarType.Float64);
    }
}
