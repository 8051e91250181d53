using Sequence.Kernels.Cuda;
using Sequence.Kernels.Diagonal;
using Sequence.Kernels.Lanes;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="ComplexDiagonalScan"/> in one pass over memory, in float32, float64 or bfloat16 with float32 states. On the CPU: vectors along channels, rows and
/// blocks of channels on separate threads; on a GPU: <see cref="CudaDiagonal"/>. A factor that all tokens or rows share is not spread over them. The backward pass
/// (<see cref="ComplexDiagonalBackward{T, TStored, TInput}"/>) reads a, h and the gradients to h, and keeps nothing else.
/// </summary>
public sealed unsafe class FusedComplexDiagonalScan : autograd.MultiTensorFunction<FusedComplexDiagonalScan>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedComplexDiagonalScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(ComplexTensor x) => ComplexDiagonalScan.Kernel.Refusal(x.Re);

    /// <inheritdoc cref="ComplexDiagonalScan.Run"/>
    public static ComplexTensor Run(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null) => RunToLast(a, b, initial).H;

    /// <summary>As <see cref="Run"/>, with the last state, [B, D], never narrower than float32.</summary>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (ComplexTensor H, ComplexTensor Last) RunToLast(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null)
    {
        ComplexDiagonalScan.Kernel.Demand(b.Re);
        (a, initial) = ComplexDiagonalScan.Held(a, b, initial);
        var (dtype, state) = (b.Re.dtype, StateElement.Of(b.Re.dtype));
        var h0 = initial is { } before ? stack([before.Re, before.Im], 0).to(state) : zeros([2, b.Re.shape[0], b.Re.shape[2]], state, b.Re.device);
        var results = apply(Flat(a.Re), Flat(a.Im), b.Re, b.Im.to(dtype), h0);
        return (new(results[0], results[1]), new(results[2].select(0, 0), results[2].select(0, 1)));

        // spread over channels that share a factor, not over tokens or rows that do
        Tensor Flat(Tensor factor) => factor.to(dtype).expand(factor.shape[0], factor.shape[1], b.Re.shape[2]);
    }

    /// <summary>The parts of h, [B, T, D], and the last h, [2, B, D], of the parts of a, [B or 1, T or 1, D], and b, and of the first h.</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [.. vars.Select(each => SideBySide.Of((Tensor)each))];
        var (b, h0) = (inputs[2], inputs[4].contiguous());
        var (re, im, last) = (empty(b.shape, b.dtype, b.device), empty(b.shape, b.dtype, b.device), empty_like(h0));
        switch (b.dtype)
        {
            case var _ when CudaPlatform.Takes(b): CudaForward(inputs, h0, re, im, last); break;
            case ScalarType.Float64: Forward<double, Float64>(inputs, h0, re, im, last); break;
            case ScalarType.BFloat16: Forward<float, BFloat16>(inputs, h0, re, im, last); break;
            default: Forward<float, Float32>(inputs, h0, re, im, last); break;
        }

        // often one part is all that is read of h
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([inputs[0], inputs[1], h0, re.detach(), im.detach()]);
        return [re, im, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedComplexDiagonalScan), $"{nameof(ComplexDiagonalScan)}.{nameof(ComplexDiagonalScan.Tree)}");
        var saved = ctx.get_saved_variables();
        var (a, h0, h) = (saved[0], saved[2], saved[3]);
        var (gRe, gIm) = (Given.Of(grad_outputs[0]), Given.Of(grad_outputs[1]));
        var gLast = Given.Of(grad_outputs[2])?.contiguous() ?? zeros_like(h0);
        Tensor Like(Tensor x) => empty(x.shape, x.dtype, x.device);
        var (gbRe, gbIm, gh0) = (Like(h), Like(h), Like(h0));
        if (CudaPlatform.Takes(h))
            return CudaBackward(saved, gRe is null ? null : SideBySide.Of(gRe), gIm is null ? null : SideBySide.Of(gIm), gLast, gbRe, gbIm, gh0);
        // of a factor that all tokens share the sum is taken in full precision
        Tensor Factor() => a.shape[1] != h.shape[1] ? zeros([h.shape[0], 1, h.shape[2]], h0.dtype, h.device) : Like(h);
        var (gaRe, gaIm) = (Factor(), Factor());
        List<Tensor?> all = [.. saved, gRe is null ? null : SideBySide.Of(gRe), gIm is null ? null : SideBySide.Of(gIm), gLast, gaRe, gaIm, gbRe, gbIm, gh0];
        switch (h.dtype)
        {
            case ScalarType.Float64: Backward<double, Float64>(all); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(all); break;
            default: Backward<float, Float32>(all); break;
        }

        Tensor OfRows(Tensor g) => (a.shape[0] < g.shape[0] ? g.sum([0], keepdim: true) : g).to(a.dtype);
        return [OfRows(gaRe), OfRows(gaIm), gbRe, gbIm, gh0];
    }

    private static void CudaForward(List<Tensor> inputs, Tensor h0, Tensor re, Tensor im, Tensor last) => CudaDiagonal.ComplexDecays.Forward(
        new CudaDiagonal.ComplexDecayTokens { A = new CudaNumbers(inputs[0], inputs[1]).Tokens, B = new CudaNumbers(inputs[2], inputs[3]).Tokens }, h0, marks: null, new(re, im), last);

    private static List<Tensor> CudaBackward(List<Tensor> saved, Tensor? gRe, Tensor? gIm, Tensor gLast, Tensor gbRe, Tensor gbIm, Tensor gh0)
    {
        var (aRe, aIm, h0, re, im) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
        var isShared = aRe.shape[1] != re.shape[1];
        Tensor Factor() => empty(re.shape, isShared ? h0.dtype : re.dtype, re.device);
        var (gaRe, gaIm) = (Factor(), Factor());
        var to = new CudaDiagonal.ComplexDecayTokens
        {
            A = new CudaNumbers(aRe, aIm).Tokens, GB = new CudaNumbers(gbRe, gbIm).Tokens, GA = isShared ? default : new CudaNumbers(gaRe, gaIm).Tokens,
            GAReWide = CudaTokens.Of(isShared ? gaRe : null), GAImWide = CudaTokens.Of(isShared ? gaIm : null),
        };
        CudaDiagonal.ComplexDecays.Backward(to, h0, marks: null, new(re, im), new(gRe, gIm), gLast, gh0);
        return [Shared(gaRe), Shared(gaIm), gbRe, gbIm, gh0];

        Tensor Shared(Tensor g)
        {
            var ofTokens = isShared ? g.sum([1], keepdim: true) : g;
            return (aRe.shape[0] < re.shape[0] ? ofTokens.sum([0], keepdim: true) : ofTokens).to(aRe.dtype);
        }
    }

    private static void Forward<T, TStored>(List<Tensor> inputs, Tensor h0, Tensor re, Tensor im, Tensor last)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = new ComplexDiagonalPass<T, TStored> { Re = Tokens<TStored>.Of(re), Im = Tokens<TStored>.Of(im), Initial = Memory.Of<T>(h0), Last = Memory.Of<T>(last) };
        pass.Forward(re.shape, new ComplexDecays<T, TStored>
        {
            ARe = Tokens<TStored>.Of(inputs[0]), AIm = Tokens<TStored>.Of(inputs[1]), BRe = Tokens<TStored>.Of(inputs[2]), BIm = Tokens<TStored>.Of(inputs[3]),
        });
        GC.KeepAlive((inputs, h0, re, im, last));
    }

    private static void Backward<T, TStored>(List<Tensor?> all)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        if (all is not [{ } aRe, { } aIm, { } h0, { } re, { } im, var gRe, var gIm, { } gLast, { } gaRe, { } gaIm, { } gbRe, { } gbIm, { } gh0])
            throw new ArgumentException("Only the gradients to h may be missing.", nameof(all));
        static Tokens<TStored> Of(Tensor? x) => x is null ? default : Tokens<TStored>.Of(x);
        var ofAll = gaRe.shape[1] != re.shape[1];
        var pass = new ComplexDiagonalPass<T, TStored>
        {
            Re = Of(re), Im = Of(im), GRe = Of(gRe), GIm = Of(gIm), Initial = Memory.Of<T>(h0), GLast = Memory.Of<T>(gLast), GInitial = Memory.Of<T>(gh0),
        };
        pass.Backward(re.shape, new ComplexDecays<T, TStored>
        {
            ARe = Of(aRe), AIm = Of(aIm), GBRe = Of(gbRe), GBIm = Of(gbIm), GARe = ofAll ? default : Of(gaRe), GAIm = ofAll ? default : Of(gaIm),
            GAReOfAll = ofAll ? Tokens<T>.Of(gaRe) : default, GAImOfAll = ofAll ? Tokens<T>.Of(gaIm) : default,
        });
        GC.KeepAlive(all);
    }
}
