using Sequence.Kernels.Outer;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="LogScaledScan"/> as the fused outer-product scan of what the scales leave: once they are known, R is a recurrence whose decays and inputs are
/// at most 1,
/// <code>
/// R_t = exp(l_t + m_(t-1) - m_t) R_(t-1) + (exp(i_t - m_t) k_t) v_t^T
/// </code>
/// </summary>
public static class FusedLogScaledScan
{
    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor v) => FusedOuterProductScan.Refusal(v);

    /// <inheritdoc cref="LogScaledScan.Fold"/>
    public static (Tensor Y, Tensor Scales, LogScaled Last) Run(
        Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, LogScaled? initial = null, Tensor? starts = null) =>
        Run(LogScaledInputs.Of(q, k, v, logForget, logInput, initial, starts));

    internal static (Tensor Y, Tensor Scales, LogScaled Last) Run(LogScaledInputs x)
    {
        OuterProductScan.Kernel.Demand(x.Outer.V);
        var (outer, before) = (x.Outer, x.Before(StateElement.Of(x.Outer.V.dtype)));
        var (l, i) = (outer.Log!.to(float64), x.LogInput.to(float64));
        var (entering, scales) = LogScales.Of(l, i, before.Log, outer.Starts);
        var units = LogScaled.Finite(scales);
        var T = outer.V.shape[1];
        var (y, last) = OuterFunction.Run(outer with { K = outer.K * (i - units).exp().to(outer.K.dtype), Log = l + (entering - units), Initial = before.Values, Starts = null });
        return (y, units, new(T == 0 ? before.Log.clone() : scales.narrow(1, T - 1, 1).transpose(1, 2), last));
    }
}
