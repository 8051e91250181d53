using Sequence.Kernels.Cuda;
using Sequence.Kernels.Diagonal;
using Sequence.Kernels.Lanes;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="DiagonalScan"/> in one pass over memory, in float32, float64 or bfloat16 with float32 states. On the CPU: vectors along channels, rows and blocks of
/// channels on separate threads; on a GPU: <see cref="CudaDiagonal"/>. e^l is computed on the way; a decay that all tokens or rows share is not spread over them. The backward pass
/// (<see cref="DiagonalBackward{T, TStored, TInput}"/>) reads l, h and the gradient to h, and keeps nothing else.
/// </summary>
public sealed unsafe class FusedDiagonalScan : autograd.MultiTensorFunction<FusedDiagonalScan>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedDiagonalScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor input) => DiagonalScan.Kernel.Refusal(input);

    /// <inheritdoc cref="DiagonalScan.Run"/>
    public static Tensor Run(Tensor log, Tensor input, Tensor? initial = null) => RunToLast(log, input, initial).H;

    /// <summary>As <see cref="Run"/>, with the last state, [B, ...], never narrower than float32.</summary>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (Tensor H, Tensor Last) RunToLast(Tensor log, Tensor input, Tensor? initial = null)
    {
        DiagonalScan.Kernel.Demand(input);
        (log, initial) = DiagonalScan.Held(log, input, initial);
        var (B, state) = (input.shape[0], StateElement.Of(input.dtype));
        var b = input.flatten(2);
        var h0 = initial?.reshape(B, -1).to(state) ?? zeros(B, b.shape[2], state, b.device);
        var results = apply(Flat(log.to(input.dtype), input.shape), b, h0);
        return (results[0].view(input.shape), results[1].view([B, .. input.shape[2..]]));
    }

    /// <summary>h [B, T, D] and the last h [B, D] of l, [B or 1, T or 1, D], b and the first h.</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (l, b, h0) = (SideBySide.Of((Tensor)vars[0]), SideBySide.Of((Tensor)vars[1]), ((Tensor)vars[2]).contiguous());
        var (h, last) = (empty(b.shape, b.dtype, b.device), empty_like(h0));
        switch (b.dtype)
        {
            case var _ when CudaPlatform.Takes(b): CudaForward(l, b, h0, h, last); break;
            case ScalarType.Float64: Forward<double, Float64>(l, b, h0, h, last); break;
            case ScalarType.BFloat16: Forward<float, BFloat16>(l, b, h0, h, last); break;
            default: Forward<float, Float32>(l, b, h0, h, last); break;
        }

        ctx.save_for_backward([l, h0, h.detach()]);
        return [h, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedDiagonalScan), $"{nameof(DiagonalScan)}.{nameof(DiagonalScan.Tree)}");
        var saved = ctx.get_saved_variables();
        var (l, h0, h) = (saved[0], saved[1], saved[2]);
        var (gh, gLast) = (SideBySide.Of(grad_outputs[0]), grad_outputs[1].contiguous());
        var (gb, gh0) = (empty(h.shape, h.dtype, h.device), empty_like(h0));
        if (CudaPlatform.Takes(h))
            return CudaBackward(l, h0, h, gh, gLast, gb, gh0);
        // of a decay that all tokens share the sum is taken in full precision
        var gl = l.shape[1] != h.shape[1] ? zeros([h.shape[0], 1, h.shape[2]], h0.dtype, h.device) : empty(h.shape, h.dtype, h.device);
        switch (h.dtype)
        {
            case ScalarType.Float64: Backward<double, Float64>(l, h0, h, gh, gLast, gl, gb, gh0); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(l, h0, h, gh, gLast, gl, gb, gh0); break;
            default: Backward<float, Float32>(l, h0, h, gh, gLast, gl, gb, gh0); break;
        }

        return [(l.shape[0] < gl.shape[0] ? gl.sum([0], keepdim: true) : gl).to(l.dtype), gb, gh0];
    }

    private static void CudaForward(Tensor l, Tensor b, Tensor h0, Tensor h, Tensor last) =>
        CudaDiagonal.LogDecays.Forward(new CudaDiagonal.LogDecayTokens { L = CudaTokens.Of(l), B = CudaTokens.Of(b) }, h0, marks: null, new(h), last);

    private static List<Tensor> CudaBackward(Tensor l, Tensor h0, Tensor h, Tensor gh, Tensor gLast, Tensor gb, Tensor gh0)
    {
        var isShared = l.shape[1] != h.shape[1];
        var gl = empty(h.shape, isShared ? h0.dtype : h.dtype, h.device);
        var to = new CudaDiagonal.LogDecayTokens { L = CudaTokens.Of(l), GL = CudaTokens.Of(isShared ? null : gl), GLWide = CudaTokens.Of(isShared ? gl : null), GB = CudaTokens.Of(gb) };
        CudaDiagonal.LogDecays.Backward(to, h0, marks: null, new(h), new(gh), gLast, gh0);
        var ofTokens = isShared ? gl.sum([1], keepdim: true) : gl;
        return [(l.shape[0] < h.shape[0] ? ofTokens.sum([0], keepdim: true) : ofTokens).to(l.dtype), gb, gh0];
    }

    private static void Forward<T, TStored>(Tensor l, Tensor b, Tensor h0, Tensor h, Tensor last)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = new DiagonalPass<T, TStored> { H = Tokens<TStored>.Of(h), Initial = Memory.Of<T>(h0), Last = Memory.Of<T>(last) };
        pass.Forward(h.shape, new LogDecays<T, TStored>(Tokens<TStored>.Of(l), Tokens<TStored>.Of(b)));
        GC.KeepAlive((l, b, h0, h, last));
    }

    private static void Backward<T, TStored>(Tensor l, Tensor h0, Tensor h, Tensor gh, Tensor gLast, Tensor gl, Tensor gb, Tensor gh0)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var ofAll = gl.shape[1] != h.shape[1];
        var pass = new DiagonalPass<T, TStored>
        {
            H = Tokens<TStored>.Of(h), GH = Tokens<TStored>.Of(gh), Initial = Memory.Of<T>(h0), GLast = Memory.Of<T>(gLast), GInitial = Memory.Of<T>(gh0),
        };
        pass.Backward(h.shape, new LogDecays<T, TStored>(
            Tokens<TStored>.Of(l), default, ofAll ? default : Tokens<TStored>.Of(gl), ofAll ? Tokens<T>.Of(gl) : default, Tokens<TStored>.Of(gb)));
        GC.KeepAlive((l, h0, h, gh, gLast, gl, gb, gh0));
    }

    /// <summary>l [B or 1, T or 1, D]: spread over channels that share a decay, not over tokens or rows that do.</summary>
    private static Tensor Flat(Tensor log, long[] shape)
    {
        var channels = log.shape.AsSpan(2).SequenceEqual(shape.AsSpan(2)) ? log : log.expand([log.shape[0], log.shape[1], .. shape.Skip(2)]);
        return channels.flatten(2);
    }
}
