using Sequence.Kernels.Cuda;
using Sequence.Kernels.Diagonal;
using Sequence.Kernels.Lanes;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="RotationScan"/> as <see cref="FusedComplexDiagonalScan"/> computes it, straight from z and, backward, straight to it: gates, sines and
/// cosines are computed in both passes and lie nowhere.
/// </summary>
public sealed unsafe class FusedRotationScan : autograd.MultiTensorFunction<FusedRotationScan>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedRotationScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor z) => ComplexDiagonalScan.Kernel.Refusal(z);

    /// <inheritdoc cref="RotationScan.Fold"/>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (ComplexTensor H, ComplexTensor Last) Run(Tensor z, ComplexTensor initial, Tensor? starts = null, Tensor? padding = null)
    {
        ComplexDiagonalScan.Kernel.Demand(z);
        var shapes = new Shapes("rotation-scan");
        var D = z.shape[^1] / 4;
        shapes.Let("D", D).Let("4*D", 4 * D).Is(z, "B T 4*D");
        initial = initial.Each(part => shapes.Spread(part, "B D", nameof(initial)));
        var h0 = stack([initial.Re, initial.Im], 0).to(StateElement.Of(z.dtype));
        var results = apply(z, h0, TokenMarks.Of(shapes.Mask(starts), shapes.Mask(padding)) ?? empty(0, uint8, z.device));
        return (new(results[0], results[1]), new(results[2].select(0, 0), results[2].select(0, 1)));
    }

    /// <summary>The parts of h, [B, T, D], and the last h, [2, B, D].</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (z, h0, marks) = (SideBySide.Of((Tensor)vars[0]), ((Tensor)vars[1]).contiguous(), ((Tensor)vars[2]).contiguous());
        long[] shape = [z.shape[0], z.shape[1], z.shape[2] / 4];
        var (re, im, last) = (empty(shape, z.dtype, z.device), empty(shape, z.dtype, z.device), empty_like(h0));
        switch (z.dtype)
        {
            case var _ when CudaPlatform.Takes(z): CudaDiagonal.RotationGates.Forward(Gates(z), h0, marks, new(re, im), last); break;
            case ScalarType.Float64: Forward<double, Float64>(z, h0, marks, re, im, last); break;
            case ScalarType.BFloat16: Forward<float, BFloat16>(z, h0, marks, re, im, last); break;
            default: Forward<float, Float32>(z, h0, marks, re, im, last); break;
        }

        // often the real part is all that is read of h
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([z, h0, marks, re.detach(), im.detach()]);
        return [re, im, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedRotationScan), $"{nameof(RotationScan)}.{nameof(RotationScan.Fold)}");
        var saved = ctx.get_saved_variables();
        var (z, h0) = (saved[0], saved[1]);
        Tensor? SideBySideOrNone(Tensor? gradient) => Given.Of(gradient) is { } given ? SideBySide.Of(given) : null;
        var (gRe, gIm, gLast) = (SideBySideOrNone(grad_outputs[0]), SideBySideOrNone(grad_outputs[1]), Given.Of(grad_outputs[2])?.contiguous() ?? zeros_like(h0));
        var (gz, gh0) = (empty(z.shape, z.dtype, z.device), empty_like(h0));
        switch (z.dtype)
        {
            case var _ when CudaPlatform.Takes(z):
                CudaDiagonal.RotationGates.Backward(Gates(z) with { GZ = CudaTokens.Of(gz) }, h0, saved[2], new(saved[3], saved[4]), new(gRe, gIm), gLast, gh0);
                break;
            case ScalarType.Float64: Backward<double, Float64>(saved, gRe, gIm, gLast, gz, gh0); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(saved, gRe, gIm, gLast, gz, gh0); break;
            default: Backward<float, Float32>(saved, gRe, gIm, gLast, gz, gh0); break;
        }

        return [gz, gh0, null!];
    }

    private static CudaDiagonal.RotationTokens Gates(Tensor z) => new() { Z = CudaTokens.Of(z), Width = z.shape[2] / 4 };

    private static void Forward<T, TStored>(Tensor z, Tensor h0, Tensor marks, Tensor re, Tensor im, Tensor last)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = new ComplexDiagonalPass<T, TStored>
        {
            Re = Tokens<TStored>.Of(re), Im = Tokens<TStored>.Of(im), Initial = Memory.Of<T>(h0), Last = Memory.Of<T>(last), Marks = Memory.Of<TokenMark>(marks),
        };
        pass.Forward(re.shape, new RotationGates<T, TStored>(Tokens<TStored>.Of(z), (int)re.shape[2]));
        GC.KeepAlive((z, h0, marks, re, im, last));
    }

    private static void Backward<T, TStored>(List<Tensor> saved, Tensor? gRe, Tensor? gIm, Tensor gLast, Tensor gz, Tensor gh0)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var (z, h0, marks, re, im) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
        var pass = new ComplexDiagonalPass<T, TStored>
        {
            Re = Tokens<TStored>.Of(re), Im = Tokens<TStored>.Of(im), GRe = gRe is null ? default : Tokens<TStored>.Of(gRe), GIm = gIm is null ? default : Tokens<TStored>.Of(gIm),
            Initial = Memory.Of<T>(h0), GLast = Memory.Of<T>(gLast), GInitial = Memory.Of<T>(gh0), Marks = Memory.Of<TokenMark>(marks),
        };
        pass.Backward(re.shape, new RotationGates<T, TStored>(Tokens<TStored>.Of(z), (int)re.shape[2], Tokens<TStored>.Of(gz)));
        GC.KeepAlive((saved, gRe, gIm, gLast, gz, gh0));
    }
}
