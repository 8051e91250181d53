using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>
/// Steps of a recurrence of outer products, S_t = diag(exp(l_t)) S_(t-1) + k_t v_t^T and y_t = S_t^T q_t, whose closed form is
/// <see cref="OuterProductScan"/>. A normaliser is one more column of v, of ones: then S carries the sum of the keys too.
/// </summary>
public sealed class OuterProductSteps : IAffineSteps<Decay, TensorState>, IClosedForm<TensorState>
{
    private readonly Tensor _q, _k, _v;
    private readonly Tensor? _log;
    private readonly SequenceContext _context;
    private readonly Func<Tensor, Tensor> _readOut;

    private OuterProductSteps(Tensor q, Tensor k, Tensor v, Tensor? log, SequenceContext context, Func<Tensor, Tensor> readOut) =>
        (_q, _k, _v, _log, _context, _readOut) = (q, k, v, log, context, readOut);

    /// <inheritdoc/>
    public Decay Transition => new(_context.MaskDecay(_log ?? zeros([.. _v.shape[..2], 1, 1], _v.dtype, _v.device)).unsqueeze(-1));

    /// <inheritdoc/>
    public TensorState Input => new(_k.unsqueeze(-1) * _v.unsqueeze(-2));

    /// <summary>Steps as the context wants them.</summary>
    /// <param name="q">[B, T, H, K], or [B, T, 1, K] where all heads share it.</param>
    /// <param name="k">[B, T, H, K], or [B, T, 1, K] where all heads share it.</param>
    /// <param name="v">[B, T, H, V].</param>
    /// <param name="logDecay">l, [B, T, H, K] or [B, T, H, 1], finite; null where nothing is forgotten.</param>
    /// <param name="context">Where S is 0 and where nothing happens.</param>
    /// <param name="readOut">y [B, T, H, V] -> outputs [B, T, D].</param>
    public static OuterProductSteps Of(Tensor q, Tensor k, Tensor v, Tensor? logDecay, SequenceContext context, Func<Tensor, Tensor> readOut)
    {
        var log = logDecay is not null && context.Padding(v.shape[1], v.device) is { } padding
            ? logDecay.masked_fill(padding.unsqueeze(-1).unsqueeze(-1), 0)
            : logDecay;
        return new(q, context.MaskInput(k), v, log, context, readOut);
    }

    /// <summary>The state before the first token, zeros [B, 1, H, K, V].</summary>
    public static TensorState Start(int batch, long heads, long keyWidth, long valueWidth, ScalarType dtype, Device device) =>
        new(zeros([batch, 1, heads, keyWidth, valueWidth], dtype, device));

    /// <inheritdoc/>
    public Tensor ReadOut(TensorState states) => _readOut(_q.unsqueeze(-2).matmul(states.Values).squeeze(-2));

    /// <inheritdoc/>
    public (Tensor Output, TensorState Last) Run(TensorState before)
    {
        var (y, last) = OuterProductScan.Run(_q, _k, _v, _log, before.Values.squeeze(1), _context.RealStarts(_v.shape[1], _v.device));
        return (_readOut(y), new(last.unsqueeze(1)));
    }
}
