using Sequence.Kernels.Cuda;
using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary><see cref="DecayedScores"/> on a GPU, each way in one launch; of what is needed for gradients nothing is kept but the inputs.</summary>
internal sealed class FusedDecayedScores : autograd.SingleTensorFunction<FusedDecayedScores>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedDecayedScores);

    /// <summary>Why this form does not take scores; null where it does.</summary>
    public static string? Refusal(Tensor scores) => scores.shape[^1] <= CudaDecayedScores.Most ? null : $"chunks of more than {CudaDecayedScores.Most} tokens";

    /// <inheritdoc cref="DecayedScores.Run"/>
    public static Tensor Run(Tensor scores, Tensor rows, Tensor columns, ChunkSegments seen) =>
        apply(scores, rows.to(float64), columns.to(float64), seen.Begun ?? empty(0, int64, scores.device));

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [((Tensor)vars[0]).contiguous(), (Tensor)vars[1], (Tensor)vars[2], ((Tensor)vars[3]).contiguous()];
        var (s, r) = (inputs[0], inputs[1]);
        var P = empty([s.shape[0], s.shape[1], Math.Max(s.shape[2], r.shape[2]), s.shape[3], s.shape[4]], s.dtype, s.device);
        if (P.numel() > 0)
            CudaDecayedScores.Forward(inputs, P);
        GC.KeepAlive((inputs, P));
        ctx.save_for_backward(inputs);
        return P;
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(FusedDecayedScores), $"{nameof(DecayedScores)}.{nameof(DecayedScores.Plain)}");
        var inputs = ctx.get_saved_variables();
        var g = grad_output.contiguous();
        var gs = empty_like(g);
        var (gr, gc) = (empty([.. g.shape[..4], 1], float64, g.device), empty([.. g.shape[..4], 1], float64, g.device));
        if (g.numel() > 0)
            CudaDecayedScores.Backward(inputs, g, gs, gr, gc);
        GC.KeepAlive((inputs, g, gs, gr, gc));
        return [Spread.Back(gs, inputs[0]), Spread.Back(gr, inputs[1]), Spread.Back(gc, inputs[2]), null!];
    }
}
