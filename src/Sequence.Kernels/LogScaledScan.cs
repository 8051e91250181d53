using Sequence.Kernels.Chunks;
using Sequence.Kernels.Outer;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The recurrence of outer products with exponential input gates, whose values no floating point number holds: kept on a log scale, as the mLSTM
/// keeps it (arXiv 2405.04517, section 2.3),
/// <code>
/// S_t = exp(l_t) S_(t-1) + exp(i_t) k_t v_t^T                  what it means; S: [B, H, K, V]
/// m_t = max(l_t + m_(t-1), i_t)                                log scale; [B, H, 1, 1] float64, m_(-1) = -inf
/// R_t = exp(l_t + m_(t-1) - m_t) R_(t-1) + exp(i_t - m_t) k_t v_t^T          S_t = exp(m_t) R_t; no exponent is positive
/// y_t = R_t^T q_t = exp(-m_t) S_t^T q_t                        [B, T, H, V]
/// q, k: [B, T, H, K]      v: [B, T, H, V]      l, i: [B, T, H, 1]; l finite, i = -inf for no input
/// </code>
/// The gradients are those of S_t: m is a choice of units, and has none. Scales are float64 whatever the values are, for sums of thousands of
/// log-gates keep their digits only there. A padded position is l = 0, i = -inf.
/// </summary>
public static class LogScaledScan
{
    private const int ChunkSize = 64;

    /// <summary>
    /// The form that is preferred and takes the tensors: fused on the CPU, and on a GPU for one token without gradients; tensor operations elsewhere and, on the CPU where
    /// nothing is demanded, for one token. R is never narrower than float32.
    /// </summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="logForget">l.</param>
    /// <param name="logInput">i.</param>
    /// <param name="initial">m and R before the first token; null for nothing.</param>
    /// <param name="starts">Where documents start, [B, T] bool.</param>
    /// <returns>y [B, T, H, V], its scales m [B, T, H, 1] (0 where y is zero for want of any input), and the last m and R.</returns>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (Tensor Y, Tensor Scales, LogScaled Last) Run(
        Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, LogScaled? initial = null, Tensor? starts = null)
    {
        var x = LogScaledInputs.Of(q, k, v, logForget, logInput, initial, starts);
        if (OuterStep.Fuses(x.Outer, x.LogInput, x.Scales))
            return OuterStep.Run(x);
        if (OuterProductScan.Kernel.Fuses(v, FusedLogScaledScan.Refusal(v), x.Outer.OneStep))
            return FusedLogScaledScan.Run(x);
        using var exact = MixedPrecision.Exact(v.device_type);
        var wide = x.Outer.InStates();
        var (y, scales, last) = Chunked(wide.Q, wide.K, wide.V, x.Outer.Log!, x.LogInput, x.Before(wide.V.dtype), wide.Starts);
        return (y.to(v.dtype), scales, last);
    }

    /// <summary>The meaning: one token after the other.</summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="logForget">l.</param>
    /// <param name="logInput">i.</param>
    /// <param name="initial">m and R before the first token; null for nothing.</param>
    /// <param name="starts">Where documents start, [B, T] bool.</param>
    /// <returns>y [B, T, H, V], its scales m [B, T, H, 1] (0 where y is zero for want of any input), and the last m and R.</returns>
    public static (Tensor Y, Tensor Scales, LogScaled Last) Fold(
        Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, LogScaled? initial = null, Tensor? starts = null)
    {
        var state = initial ?? LogScaled.Zero([v.shape[0], v.shape[2], k.shape[3], v.shape[3]], v.dtype, v.device);
        var (qs, ks, vs, begins) = (q.unbind(1), k.unbind(1), v.unbind(1), starts?.unbind(1));
        var (l, i) = (logForget.to(float64).unbind(1), logInput.to(float64).unbind(1));
        List<Tensor> y = [], scales = [];
        for (var t = 0; t < vs.Length; t++)
        {
            var faded = state.Log + l[t].unsqueeze(-1);
            if (begins is not null)
                faded = faded.masked_fill(begins[t].view(-1, 1, 1, 1), double.NegativeInfinity);
            state = new LogScaled(faded, state.Values).Plus(new(i[t].unsqueeze(-1), ks[t].unsqueeze(-1) * vs[t].unsqueeze(-2)));
            y.Add(qs[t].unsqueeze(-2).matmul(state.Values).squeeze(-2));
            scales.Add(LogScaled.Finite(state.Log).squeeze(-1));
        }

        return y.Count == 0 ? (v.clone(), logInput.to(float64, copy: true), new(state.Log.clone(), state.Values.clone())) : (stack(y, 1), stack(scales, 1), state);
    }

    /// <summary>
    /// The matrix form in chunks of 64 tokens, as <see cref="OuterProductScan.Chunked"/>: with A_i the sum of l from the chunk's first token to i, token
    /// i reads token j with the weight exp(A_i - A_j + i_j - m_i) and the state before the chunk with exp(A_i + m_before - m_i). One token is one step.
    /// </summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="logForget">l.</param>
    /// <param name="logInput">i.</param>
    /// <param name="initial">m and R before the first token; null for nothing.</param>
    /// <param name="starts">Where documents start, [B, T] bool.</param>
    /// <returns>y [B, T, H, V], its scales m [B, T, H, 1] (0 where y is zero for want of any input), and the last m and R.</returns>
    public static (Tensor Y, Tensor Scales, LogScaled Last) Chunked(
        Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, LogScaled? initial = null, Tensor? starts = null)
    {
        var T = v.shape[1];
        if (T <= 1)
            return Fold(q, k, v, logForget, logInput, initial, starts);

        var before = initial ?? LogScaled.Zero([v.shape[0], v.shape[2], k.shape[3], v.shape[3]], v.dtype, v.device);
        if (T > Spans.Length)
            return BySpans(q, k, v, logForget, logInput, before, starts);

        var grid = new ChunkGrid(T, Math.Min(T, ChunkSize));
        var seen = new ChunkSegments(grid, starts, v.device);
        var decay = new ChunkDecay(grid.Split(logForget), v.dtype);
        var (A, i) = (decay.Sums, grid.Split(logInput.to(float64), double.NegativeInfinity));
        var entering = seen.Entering(A, double.NegativeInfinity);
        var leaving = seen.Leaving(decay.Total - A + i, double.NegativeInfinity);
        var carried = seen.Carrying(decay.Total, decay.Total, double.NegativeInfinity)!;
        var scales = ChunkScales.Of(A, i, seen, entering, leaving, carried, before.Log);

        var (qs, ks) = (grid.Split(q), grid.Split(k));
        var (y, last) = new ChunkProducts(
            DecayedScores.Run(qs.matmul(ks.transpose(-1, -2)), A - scales.Tokens, i - A, seen),
            qs * (entering + scales.Before - scales.Tokens).to(v.dtype).exp(),
            ks * (leaving - scales.After).to(v.dtype).exp(),
            carried + scales.Before - scales.After).Run(grid, v, before.Values);
        return (y, grid.Merge(scales.Tokens), new(scales.Last, last));
    }

    private static (Tensor Y, Tensor Scales, LogScaled Last) BySpans(
        Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, LogScaled state, Tensor? starts)
    {
        List<Tensor> y = [], scales = [];
        foreach (var span in Spans.Of(q, k, v, logForget, logInput, starts))
        {
            using var scope = NewDisposeScope();
            (var outputs, var units, state) = Chunked(span[0]!, span[1]!, span[2]!, span[3]!, span[4]!, state, span[5]);
            y.Add(outputs.MoveToOuterDisposeScope());
            scales.Add(units.MoveToOuterDisposeScope());
            state.Log.MoveToOuterDisposeScope();
            state.Values.MoveToOuterDisposeScope();
        }

        return (cat(y, 1), cat(scales, 1), state);
    }
}
