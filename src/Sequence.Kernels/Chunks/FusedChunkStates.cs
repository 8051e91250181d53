using Sequence.Kernels.Cuda;
using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary><see cref="ChunkStates"/> on a GPU, each way in one launch. The backward pass reads S, which is kept as what the queries read.</summary>
internal sealed class FusedChunkStates : autograd.MultiTensorFunction<FusedChunkStates>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedChunkStates);

    /// <inheritdoc cref="ChunkStates.Run"/>
    public static (Tensor Before, Tensor Last) Run(Tensor written, Tensor? log, Tensor initial)
    {
        var results = apply(written, log?.to(float64) ?? empty(0, float64, written.device), initial.to(written.dtype));
        return (results[0], results[1]);
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (written, log, initial) = (((Tensor)vars[0]).contiguous(), (Tensor)vars[1], ((Tensor)vars[2]).contiguous());
        var (before, last) = (empty_like(written), empty_like(initial));
        if (written.numel() > 0)
            CudaChunkStates.Forward(written, log, initial, before, last);
        GC.KeepAlive((written, log, initial, before, last));
        ctx.save_for_backward([log, before.detach()]);
        return [before, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedChunkStates), $"{nameof(ChunkStates)}.{nameof(ChunkStates.Fold)}");
        var saved = ctx.get_saved_variables();
        var (log, before) = (saved[0], saved[1]);
        var (gBefore, gLast) = (grad_outputs[0].contiguous(), grad_outputs[1].contiguous());
        var (gWritten, gInitial) = (empty_like(gBefore), empty_like(gLast));
        if (before.numel() == 0)
            return [gWritten, zeros_like(log), gInitial];

        var gLog = CudaChunkStates.Backward(log, before, gBefore, gLast, gWritten, gInitial);
        GC.KeepAlive((log, before, gBefore, gLast, gWritten, gInitial));
        return [gWritten, gLog is null ? null! : Spread.Back(gLog, log), gInitial];
    }
}
