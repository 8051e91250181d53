using Sequence.Kernels.Cuda;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Selective;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="SelectiveScan"/> without ever holding [B, T, N, E]: dt, w, B, C and y in float32, float64 or bfloat16, A and h never narrower than
/// float32. On the CPU: vectors along channels, rows and blocks of channels on separate threads; on a GPU: <see cref="CudaSelective"/>. The forward pass keeps h before every
/// few tokens; the backward pass (<see cref="SelectiveBackward{T, TTokens}"/>) computes those between again.
/// </summary>
public sealed unsafe class FusedSelectiveScan : autograd.MultiTensorFunction<FusedSelectiveScan>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedSelectiveScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor dt) => SelectiveScan.Kernel.Refusal(dt);

    /// <inheritdoc cref="SelectiveScan.Fold"/>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (Tensor Y, Tensor Last) Run(Tensor dt, Tensor A, Tensor w, Tensor B, Tensor C, Tensor initial, Tensor? starts = null)
    {
        SelectiveScan.Kernel.Demand(dt);
        var shapes = new Shapes(SelectiveScan.Kernel.Name);
        shapes.Is(dt, "B T E");
        (w, B, C) = (shapes.Spread(w, "B T E"), shapes.Spread(B, "B T N"), shapes.Spread(C, "B T N"));
        (A, initial, starts) = (shapes.Spread(A, "N E"), shapes.Spread(initial, "B N E"), shapes.Mask(starts));
        var state = StateElement.Of(dt.dtype);
        var results = apply(
            dt, A.to(state), w.to(dt.dtype), B.to(dt.dtype), C.to(dt.dtype), initial.to(state), starts ?? empty(0, @bool, dt.device), is_grad_enabled());
        return (results[0], results[1]);
    }

    /// <summary>y and the last h.</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [.. vars[..7].Select((each, index) => index is 1 or 5 or 6 ? ((Tensor)each).contiguous() : SideBySide.Of((Tensor)each))];
        var sizes = new SelectiveSizes(inputs[0].shape, inputs[1].shape[0]);
        var (y, last) = (empty(inputs[0].shape, inputs[0].dtype, inputs[0].device), empty_like(inputs[5]));
        var isCuda = CudaPlatform.Takes(y);
        var kept = isCuda ? CudaSelective.Kept(y, inputs[5], (bool)vars[7]) : empty([(bool)vars[7] ? sizes.Kept : 0], inputs[5].dtype, inputs[5].device);
        switch (y.dtype)
        {
            case var _ when isCuda:
                CudaSelective.Plain.Forward(
                    new CudaSelective.PlainTokens { Dt = CudaTokens.Of(inputs[0]), W = CudaTokens.Of(inputs[2]), Y = CudaTokens.Of(y) }, States(inputs, inputs[5], last, kept));
                break;
            case ScalarType.Float64: Forward<double, Float64>(sizes, inputs, y, last, kept); break;
            case ScalarType.BFloat16: Forward<float, BFloat16>(sizes, inputs, y, last, kept); break;
            default: Forward<float, Float32>(sizes, inputs, y, last, kept); break;
        }

        ctx.save_for_backward([.. inputs, kept]);
        return [y, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedSelectiveScan), $"{nameof(SelectiveScan)}.{nameof(SelectiveScan.Fold)}");
        var saved = ctx.get_saved_variables();
        var (gy, gLast) = (SideBySide.Of(grad_outputs[0]), grad_outputs[1].contiguous());
        var sizes = new SelectiveSizes(saved[0].shape, saved[1].shape[0]);
        Tensor Like(Tensor x) => empty(x.shape, x.dtype, x.device);
        var (gdt, gw, gInitial) = (Like(saved[0]), Like(saved[2]), Like(saved[5]));
        if (CudaPlatform.Takes(gdt))
        {
            var tokens = new CudaSelective.PlainTokens
            {
                Dt = CudaTokens.Of(saved[0]), W = CudaTokens.Of(saved[2]), GY = CudaTokens.Of(gy), GDt = CudaTokens.Of(gdt), GW = CudaTokens.Of(gw),
            };
            var (all, toB, toC) = CudaSelective.Plain.Backward(tokens, States(saved, gLast, gInitial, saved[7]));
            return [gdt, all, gw, toB.to(gdt.dtype), toC.to(gdt.dtype), gInitial, null!, null!];
        }

        var gA = empty([sizes.Rows, .. saved[1].shape], saved[1].dtype, saved[1].device);
        var gBC = empty([sizes.Blocks, sizes.Rows, sizes.Time, 2, sizes.States], saved[1].dtype, saved[1].device);
        switch (gdt.dtype)
        {
            case ScalarType.Float64: Backward<double, Float64>(sizes, saved, gy, gLast, gdt, gw, gInitial, gA, gBC); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(sizes, saved, gy, gLast, gdt, gw, gInitial, gA, gBC); break;
            default: Backward<float, Float32>(sizes, saved, gy, gLast, gdt, gw, gInitial, gA, gBC); break;
        }

        // A is shared by rows; B and C by blocks of channels
        var shared = gBC.sum([0]).to(saved[3].dtype);
        return [gdt, gA.sum([0]), gw, shared.select(2, 0), shared.select(2, 1), gInitial, null!, null!];
    }

    private static CudaSelectiveStates States(List<Tensor> inputs, Tensor initial, Tensor last, Tensor kept) =>
        new(inputs[0], inputs[1], inputs[3], inputs[4], inputs[6], Padding: null, initial, last, kept);

    private static void Forward<T, TStored>(SelectiveSizes sizes, List<Tensor> inputs, Tensor y, Tensor last, Tensor kept)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(sizes, inputs) with { Last = Memory.Of<T>(last), Kept = Memory.Of<T>(kept) };
        pass.Forward(new PlainTokens<T, TStored>(Tokens<TStored>.Of(inputs[0]), Tokens<TStored>.Of(inputs[2]), Tokens<TStored>.Of(y)));
        GC.KeepAlive((inputs, y, last, kept));
    }

    private static void Backward<T, TStored>(
        SelectiveSizes sizes, List<Tensor> saved, Tensor gy, Tensor gLast, Tensor gdt, Tensor gw, Tensor gInitial, Tensor gA, Tensor gBC)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(sizes, saved) with
        {
            Kept = Memory.Of<T>(saved[7]), GLast = Memory.Of<T>(gLast), GInitial = Memory.Of<T>(gInitial), GA = Memory.Of<T>(gA), GBC = Memory.Of<T>(gBC),
        };
        pass.Backward(new PlainTokens<T, TStored>(
            Tokens<TStored>.Of(saved[0]), Tokens<TStored>.Of(saved[2]), default, Tokens<TStored>.Of(gy), Tokens<TStored>.Of(gdt), Tokens<TStored>.Of(gw)));
        GC.KeepAlive((saved, gy, gLast, gdt, gw, gInitial, gA, gBC));
    }

    private static SelectivePass<T, TStored> Pass<T, TStored>(SelectiveSizes sizes, List<Tensor> inputs)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T> => new()
        {
            Sizes = sizes, A = Memory.Of<T>(inputs[1]), B = Tokens<TStored>.Of(inputs[3]), C = Tokens<TStored>.Of(inputs[4]), Initial = Memory.Of<T>(inputs[5]),
            Starts = Memory.Of<byte>(inputs[6]),
        };
}
