using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>
/// Steps of a recurrence of outer products with exponential gates, S_t = exp(l_t) S_(t-1) + exp(i_t) k_t v_t^T, whose closed form is
/// <see cref="LogScaledScan"/>. A normaliser is one more column of v, of ones.
/// </summary>
public sealed class LogScaledSteps : IAffineSteps<LogScaledDecay, LogScaledState>, IClosedForm<LogScaledState>
{
    private readonly Tensor _q, _k, _v, _logForget, _logInput;
    private readonly SequenceContext _context;
    private readonly Func<Tensor, Tensor, Tensor> _readOut;

    private LogScaledSteps(Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, SequenceContext context, Func<Tensor, Tensor, Tensor> readOut) =>
        (_q, _k, _v, _logForget, _logInput, _context, _readOut) = (q, k, v, logForget, logInput, context, readOut);

    /// <inheritdoc/>
    public LogScaledDecay Transition => new(_context.MaskDecay(_logForget).unsqueeze(-1));

    /// <inheritdoc/>
    public LogScaledState Input => new(new LogScaled(_logInput.unsqueeze(-1), _k.unsqueeze(-1) * _v.unsqueeze(-2)));

    /// <summary>Steps as the context wants them.</summary>
    /// <param name="q">[B, T, H, K].</param>
    /// <param name="k">[B, T, H, K].</param>
    /// <param name="v">[B, T, H, V].</param>
    /// <param name="logForget">l, [B, T, H, 1], finite.</param>
    /// <param name="logInput">i, [B, T, H, 1].</param>
    /// <param name="context">Where S is 0 and where nothing happens.</param>
    /// <param name="readOut">exp(-m_t) S_t^T q_t [B, T, H, V] and its scales m [B, T, H, 1] float64, without gradients -> outputs [B, T, D].</param>
    public static LogScaledSteps Of(
        Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, SequenceContext context, Func<Tensor, Tensor, Tensor> readOut)
    {
        var (l, i) = (logForget.to(float64), logInput.to(float64));
        if (context.Padding(v.shape[1], v.device)?.unsqueeze(-1).unsqueeze(-1) is { } padding)
            (l, i) = (l.masked_fill(padding, 0), i.masked_fill(padding, double.NegativeInfinity));
        return new(q, k, v, l, i, context, readOut);
    }

    /// <summary>The state before the first token: zero, [B, 1, H, K, V].</summary>
    public static LogScaledState Start(int batch, long heads, long keyWidth, long valueWidth, ScalarType dtype, Device device) =>
        new(LogScaled.Zero([batch, 1, heads, keyWidth, valueWidth], dtype, device));

    /// <inheritdoc/>
    public Tensor ReadOut(LogScaledState states) =>
        _readOut(_q.unsqueeze(-2).matmul(states.Content.Values).squeeze(-2), LogScaled.Finite(states.Content.Log.detach()).squeeze(-1));

    /// <inheritdoc/>
    public (Tensor Output, LogScaledState Last) Run(LogScaledState before)
    {
        var initial = new LogScaled(before.Content.Log.squeeze(1), before.Content.Values.squeeze(1));
        var (y, scales, last) = LogScaledScan.Run(_q, _k, _v, _logForget, _logInput, initial, _context.RealStarts(_v.shape[1], _v.device));
        return (_readOut(y, scales), new(new LogScaled(last.Log.unsqueeze(1), last.Values.unsqueeze(1))));
    }
}
