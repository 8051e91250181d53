using Sequence.Kernels;
using Sequence.Mixers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>
/// MIPT-SSM (arXiv 2604.07716) with a scan written after Hillis and Steele: after round k, (a_t, b_t) stands for the steps t - 2^(k+1) + 1 to t.
/// <code>
/// h_t = a_t h_(t-1) + b_t,  a_t = (1 - p_t) e^(i theta_t),  b_t = p_t u_t        [B, T, D] complex
/// round k:  (a_t, b_t) = (a_t a_(t-s), a_t b_(t-s) + b_t) for t >= s,  s = 2^k
/// y_t = Re(h_t)
/// </code>
/// Steps fold one token after the other. Sound unless a part of the scan is replaced.
/// </summary>
internal sealed class Rotation : SequenceMixer
{
    [ComponentName(Name = "projection")]
    private readonly Linear _projection;

    public Rotation(int width) : base("rotation")
    {
        _projection = nn.Linear(width, 4L * width);
        RegisterComponents();
    }

    /// <summary>s of round k.</summary>
    public Func<int, long> Shift { get; init; } = k => 1L << k;

    /// <summary>b_t of the scan, from p_t and u_t.</summary>
    public Func<Tensor, ComplexTensor, ComplexTensor> Input { get; init; } = Measured;

    public override StateCost Cost => new(StateGrowth.Constant, 2 * _projection.in_features * _projection.weight!.element_size());

    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        var (p, a, u) = Project(x, context);
        return Scan(a, Input(p, u)).Re;
    }

    public override MixerState CreateState(int batch) => new RotationState(
        new long[batch], ComplexTensor.Zeros([batch, _projection.in_features], _projection.weight!.dtype, _projection.weight.device));

    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
    {
        var past = (RotationState)state;
        var (p, a, u) = Project(x, context);
        var b = Measured(p, u);
        if (context.Padding(x.shape[1], x.device)?.unsqueeze(-1) is { } padding)
        {
            a = new(a.Re.masked_fill(padding, 1), a.Im.masked_fill(padding, 0));
            b = b.Each(part => part.masked_fill(padding, 0));
        }

        var h = ComplexDiagonalScan.Fold(a, b, past.H);
        past.Become(h.Each(part => part.select(1, -1)), context, x.shape[1]);
        return h.Re;
    }

    private static ComplexTensor Measured(Tensor p, ComplexTensor u) => u.Each(part => p * part);

    private (Tensor P, ComplexTensor A, ComplexTensor U) Project(Tensor x, SequenceContext context)
    {
        var z = _projection.forward(x).chunk(4, -1);
        var p = z[0].sigmoid();
        var keep = 1 - p;
        if (context.Starts is { } starts)
            keep = keep.masked_fill(starts.unsqueeze(-1), 0);
        return (p, ComplexTensor.Polar(keep, z[1]), new(z[2], z[3]));
    }

    private ComplexTensor Scan(ComplexTensor a, ComplexTensor b)
    {
        var T = a.Re.shape[1];
        for (var k = 0; 1L << k < T; k++)
        {
            var s = Shift(k);
            var (a_s, b_s) = (After(a, s), After(b, s));
            b = Join(b, s, a_s * Before(b, s) + b_s);
            a = Join(a, s, a_s * Before(a, s));
        }

        return b;

        ComplexTensor After(ComplexTensor z, long s) => z.Each(part => part.narrow(1, s, T - s));
        ComplexTensor Before(ComplexTensor z, long s) => z.Each(part => part.narrow(1, 0, T - s));
        ComplexTensor Join(ComplexTensor z, long s, ComplexTensor rest) =>
            ComplexTensor.Join([z.Each(part => part.narrow(1, 0, s)), rest], parts => cat(parts, 1));
    }
}
