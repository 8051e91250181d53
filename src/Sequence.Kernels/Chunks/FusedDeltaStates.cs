using Sequence.Kernels.Cuda;
using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>
/// <see cref="DeltaStates"/> on a GPU. One launch a way for what goes from chunk to chunk; of the gradients what does not, is products of all chunks at once. With g_c that to
/// the state behind a chunk,
/// <code>
/// gu_c = gU_c + L_c g_c        g_(c-1) = e_c g_c - R_c^T gu_c + gS_c        gW = gu        gR_c = -gu_c S_c^T        gL_c = u_c g_c^T        ge_c = sum g_c S_c
/// </code>
/// </summary>
internal sealed class FusedDeltaStates : autograd.MultiTensorFunction<FusedDeltaStates>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedDeltaStates);

    /// <inheritdoc cref="DeltaStates.Run"/>
    public static (Tensor U, Tensor Before, Tensor Last) Run(Tensor written, Tensor replaced, Tensor leaving, Tensor? carries, Tensor initial)
    {
        var results = apply(
            written, replaced, leaving.expand_as(replaced), carries?.to(float64) ?? empty(0, float64, written.device), initial.to(written.dtype));
        return (results[0], results[1], results[2]);
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (W, R, L, e, initial) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), ((Tensor)vars[2]).contiguous(), (Tensor)vars[3], ((Tensor)vars[4]).contiguous());
        var (u, last) = (empty_like(W), empty_like(initial));
        var before = empty([.. W.shape[..3], initial.shape[2], initial.shape[3]], W.dtype, W.device);
        CudaDeltaStates.Forward(W, R, L, e, initial, (u, before, last));
        GC.KeepAlive((W, R, L, e, initial, u, before, last));
        ctx.save_for_backward([R, L, e, u.detach(), before.detach()]);
        return [u, before, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedDeltaStates), $"{nameof(DeltaStates)}.{nameof(DeltaStates.Fold)}");
        var saved = ctx.get_saved_variables();
        var (R, L, e, u, before) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
        var (gU, gBefore, gLast) = (grad_outputs[0].contiguous(), grad_outputs[1].contiguous(), grad_outputs[2].contiguous());
        var (gu, g, gInitial) = (empty_like(gU), empty_like(gBefore), empty_like(gLast));
        CudaDeltaStates.Backward(gU, R, L, e, gBefore, gLast, (gu, g, gInitial));
        GC.KeepAlive((R, L, e, gU, gBefore, gLast, gu, g, gInitial));
        return
        [
            gu, -gu.matmul(before.transpose(-1, -2)), u.matmul(g.transpose(-1, -2)), e.numel() == 0 ? null! : Spread.Back((g * before).sum([-2, -1], keepdim: true), e), gInitial,
        ];
    }
}
