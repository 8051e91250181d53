using Sequence.Kernels.Cuda;
using Sequence.Kernels.Diagonal;
using Sequence.Kernels.Lanes;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="GatedDiagonalScan"/> as <see cref="FusedDiagonalScan"/> computes it, straight from z and, backward, straight to it: gates and candidates
/// are computed in both passes and lie nowhere.
/// </summary>
public sealed unsafe class FusedGatedDiagonalScan : autograd.MultiTensorFunction<FusedGatedDiagonalScan>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedGatedDiagonalScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor z) => DiagonalScan.Kernel.Refusal(z);

    /// <inheritdoc cref="GatedDiagonalScan.Fold"/>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (Tensor H, Tensor Last) Run(Tensor z, Tensor initial, bool isPositive, Tensor? starts = null, Tensor? padding = null)
    {
        DiagonalScan.Kernel.Demand(z);
        var shapes = new Shapes("gated-diagonal-scan");
        var D = z.shape[^1] / 2;
        shapes.Let("D", D).Let("2*D", 2 * D).Is(z, "B T 2*D");
        var h0 = shapes.Spread(initial, "B D", nameof(initial)).to(StateElement.Of(z.dtype));
        var results = apply(z, h0, TokenMarks.Of(shapes.Mask(starts), shapes.Mask(padding)) ?? empty(0, uint8, z.device), isPositive);
        return (results[0], results[1]);
    }

    /// <summary>h, [B, T, D], and the last h, [B, D].</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (z, h0, marks, isPositive) = (SideBySide.Of((Tensor)vars[0]), ((Tensor)vars[1]).contiguous(), ((Tensor)vars[2]).contiguous(), (bool)vars[3]);
        var (h, last) = (empty([z.shape[0], z.shape[1], z.shape[2] / 2], z.dtype, z.device), empty_like(h0));
        switch (z.dtype)
        {
            case var _ when CudaPlatform.Takes(z): CudaDiagonal.ReplacementGates.Forward(Gates(z, isPositive), h0, marks, new(h), last); break;
            case ScalarType.Float64: Forward<double, Float64>(z, h0, marks, isPositive, h, last); break;
            case ScalarType.BFloat16: Forward<float, BFloat16>(z, h0, marks, isPositive, h, last); break;
            default: Forward<float, Float32>(z, h0, marks, isPositive, h, last); break;
        }

        ctx.save_data(nameof(isPositive), isPositive);
        ctx.save_for_backward([z, h0, marks, h.detach()]);
        return [h, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedGatedDiagonalScan), $"{nameof(GatedDiagonalScan)}.{nameof(GatedDiagonalScan.Fold)}");
        var (saved, isPositive) = (ctx.get_saved_variables(), (bool)ctx.get_data("isPositive"));
        var (z, h0) = (saved[0], saved[1]);
        var (gh, gLast) = (SideBySide.Of(grad_outputs[0]), grad_outputs[1].contiguous());
        var (gz, gh0) = (empty(z.shape, z.dtype, z.device), empty_like(h0));
        switch (z.dtype)
        {
            case var _ when CudaPlatform.Takes(z): CudaDiagonal.ReplacementGates.Backward(Gates(z, isPositive) with { GZ = CudaTokens.Of(gz) }, h0, saved[2], new(saved[3]), new(gh), gLast, gh0); break;
            case ScalarType.Float64: Backward<double, Float64>(saved, isPositive, gh, gLast, gz, gh0); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(saved, isPositive, gh, gLast, gz, gh0); break;
            default: Backward<float, Float32>(saved, isPositive, gh, gLast, gz, gh0); break;
        }

        return [gz, gh0, null!, null!];
    }

    private static CudaDiagonal.GateTokens Gates(Tensor z, bool isPositive) => new() { Z = CudaTokens.Of(z), Width = (int)z.shape[2] / 2, IsPositive = isPositive ? 1 : 0 };

    private static void Forward<T, TStored>(Tensor z, Tensor h0, Tensor marks, bool isPositive, Tensor h, Tensor last)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = new DiagonalPass<T, TStored>
        {
            H = Tokens<TStored>.Of(h), Initial = Memory.Of<T>(h0), Last = Memory.Of<T>(last), Marks = Memory.Of<TokenMark>(marks),
        };
        pass.Forward(h.shape, new ReplacementGates<T, TStored>(Tokens<TStored>.Of(z), (int)h.shape[2], isPositive));
        GC.KeepAlive((z, h0, marks, h, last));
    }

    private static void Backward<T, TStored>(List<Tensor> saved, bool isPositive, Tensor gh, Tensor gLast, Tensor gz, Tensor gh0)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var (z, h0, marks, h) = (saved[0], saved[1], saved[2], saved[3]);
        var pass = new DiagonalPass<T, TStored>
        {
            H = Tokens<TStored>.Of(h), GH = Tokens<TStored>.Of(gh), Initial = Memory.Of<T>(h0), GLast = Memory.Of<T>(gLast), GInitial = Memory.Of<T>(gh0),
            Marks = Memory.Of<TokenMark>(marks),
        };
        pass.Backward(h.shape, new ReplacementGates<T, TStored>(Tokens<TStored>.Of(z), (int)h.shape[2], isPositive, Tokens<TStored>.Of(gz)));
        GC.KeepAlive((saved, gh, gLast, gz, gh0));
    }
}
