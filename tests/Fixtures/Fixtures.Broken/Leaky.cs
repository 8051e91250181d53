using Sequence.Mixers;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>
/// The smallest mixer with a memory, step by step, sound unless one of its parts is replaced:
/// <code>
/// h_t = a h_(t-1) + W x_t + b,  a = sigmoid(decay)        [B, T, D], h_(-1) = 0
/// y_t = h_t
/// </code>
/// </summary>
internal sealed class Leaky : SequenceMixer, IUsesFft
{
    [ComponentName(Name = "inward")]
    private readonly Linear _inward;

    [ComponentName(Name = "decay")]
    private readonly Parameter _decay;

    private readonly int _width;

    public Leaky(int width) : base("leaky")
    {
        _width = width;
        _inward = nn.Linear(width, width);
        _decay = new Parameter(zeros(width).DetachFromDisposeScope());
        RegisterComponents();
    }

    /// <summary>In place of <see cref="Forward"/>.</summary>
    public Func<Leaky, Tensor, SequenceContext, Tensor>? ForwardInstead { get; init; }

    /// <summary>In place of <see cref="Advance"/>.</summary>
    public Func<Leaky, Tensor, SequenceContext, LeakyState, Tensor>? AdvanceInstead { get; init; }

    public bool UsesFft { get; init; }

    public override StateCost Cost => new(StateGrowth.Constant, _decay.element_size() * _width);

    public override Tensor Forward(Tensor x, SequenceContext context) => ForwardInstead?.Invoke(this, x, context) ?? Fold(x, context);

    public override MixerState CreateState(int batch) => new LeakyState(new long[batch], zeros([batch, _width], _decay.dtype, _decay.device));

    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state) =>
        AdvanceInstead?.Invoke(this, x, context, (LeakyState)state) ?? Continue(x, context, (LeakyState)state);

    /// <summary>The sound outputs, from h = 0 or from <paramref name="h"/>; at padded positions, h of the last token in front.</summary>
    public Tensor Fold(Tensor x, SequenceContext context, Tensor? h = null)
    {
        var (B, T) = (x.shape[0], x.shape[1]);
        var (a, u) = (_decay.sigmoid(), _inward.forward(x));
        var outputs = new List<Tensor>();
        for (var t = 0L; t < T; t++)
        {
            var kept = h is null ? zeros_like(u.select(1, 0)) : a * h;
            if (context.Starts is { } starts)
                kept = kept.masked_fill(starts.narrow(1, t, 1), 0);
            var next = kept + u.select(1, t);
            if (context.Lengths is { } lengths && lengths.Any(length => length <= t))
            {
                var padded = tensor(lengths.Select(length => length <= t).ToArray()).to(x.device).unsqueeze(1);
                next = where(padded, h ?? zeros_like(next), next);
            }

            outputs.Add(h = next);
        }

        return stack(outputs, 1);
    }

    /// <summary>The sound outputs by an FFT: h = k * (W x + b) with k_t = a^t [T, D], over 2T so that nothing wraps around. Packed rows are folded.</summary>
    public Tensor Convolve(Tensor x, SequenceContext context)
    {
        if (context.Starts is not null)
            return Fold(x, context);
        var T = x.shape[1];
        var steps = arange(T, x.dtype, x.device).unsqueeze(1);
        var kernel = (steps * nn.functional.logsigmoid(_decay)).exp();
        var spectrum = fft.rfft(_inward.forward(x), 2 * T, 1) * fft.rfft(kernel, 2 * T, 0);
        return fft.irfft(spectrum, 2 * T, 1).narrow(1, 0, T);
    }

    /// <summary>The sound step.</summary>
    public Tensor Continue(Tensor x, SequenceContext context, LeakyState state)
    {
        var y = Fold(x, context, state.H);
        state.Become(y.select(1, -1), context, x.shape[1]);
        return y;
    }
}
