using Sequence.Kernels.Cuda;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Selective;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="GatedSelectiveScan"/> as <see cref="FusedSelectiveScan"/> computes it, what is around the scan on the way of each token to the scan and from
/// it: no tensor lies between. In float32, float64 or bfloat16, with A, h and all sums never narrower than float32.
/// </summary>
public sealed unsafe class FusedGatedSelectiveScan : autograd.MultiTensorFunction<FusedGatedSelectiveScan>
{
    // of what forward is given: [B, T, ...] in the element type of the inputs; the rest in that of the states, and two masks
    private const int S = 0, U = 1, Z = 2, B = 3, C = 4, Bias = 5, Skip = 6, A = 7, Initial = 8, Starts = 9, Padding = 10, Kept = 11;

    /// <inheritdoc/>
    public override string Name => nameof(FusedGatedSelectiveScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(GatedSelectiveInputs inputs) => SelectiveScan.Kernel.Refusal(inputs.U);

    /// <inheritdoc cref="GatedSelectiveScan.Fold"/>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (Tensor Y, Tensor Last) Run(GatedSelectiveInputs inputs, Tensor initial)
    {
        SelectiveScan.Kernel.Demand(inputs.U);
        var shapes = new Shapes("gated-selective-scan");
        (inputs, initial) = (inputs.Held(shapes), shapes.Spread(initial, "B N E"));
        var (dtype, state) = (inputs.U.dtype, StateElement.Of(inputs.U.dtype));
        Tensor Mask(Tensor? mask) => mask ?? empty(0, @bool, inputs.U.device);
        var results = apply(
            inputs.Step.to(dtype), inputs.U, inputs.Gate.to(dtype), inputs.B.to(dtype), inputs.C.to(dtype), inputs.StepBias.to(state), inputs.Skip.to(state),
            inputs.A.to(state), initial.to(state), Mask(inputs.Starts), Mask(inputs.Padding), is_grad_enabled());
        return (results[0], results[1]);
    }

    /// <summary>y and the last h.</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [.. vars[..Kept].Select((each, index) => index <= C ? SideBySide.Of((Tensor)each) : ((Tensor)each).contiguous())];
        var (u, state) = (inputs[U], inputs[Initial]);
        var sizes = new SelectiveSizes(u.shape, inputs[A].shape[0]);
        var (y, last) = (empty(u.shape, u.dtype, u.device), empty_like(state));
        var isCuda = CudaPlatform.Takes(u);
        inputs.Add(isCuda ? CudaSelective.Kept(u, state, (bool)vars[Kept]) : empty([(bool)vars[Kept] ? sizes.Kept : 0], state.dtype, state.device));
        switch (u.dtype)
        {
            case var _ when isCuda: CudaSelective.Gated.Forward(Around(inputs) with { Out = CudaTokens.Of(y) }, States(inputs, state, last)); break;
            case ScalarType.Float64: Forward<double, Float64>(sizes, inputs, y, last); break;
            case ScalarType.BFloat16: Forward<float, BFloat16>(sizes, inputs, y, last); break;
            default: Forward<float, Float32>(sizes, inputs, y, last); break;
        }

        ctx.save_for_backward(inputs);
        return [y, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedGatedSelectiveScan), $"{nameof(GatedSelectiveScan)}.{nameof(GatedSelectiveScan.Fold)}");
        var saved = ctx.get_saved_variables();
        var (u, state) = (saved[U], saved[Initial]);
        var sizes = new SelectiveSizes(u.shape, saved[A].shape[0]);
        if (CudaPlatform.Takes(u))
            return CudaBackward(saved, SideBySide.Of(grad_outputs[0]), grad_outputs[1].contiguous());
        Tensor Like(Tensor x) => empty(x.shape, x.dtype, x.device);
        Tensor OfRows(params long[] shape) => zeros([sizes.Rows, .. shape], state.dtype, state.device);
        var gradients = new Gradients(
            SideBySide.Of(grad_outputs[0]), grad_outputs[1].contiguous(), Like(u), Like(u), Like(u), OfRows(sizes.Width), OfRows(sizes.Width),
            OfRows(sizes.States, sizes.Width), empty([sizes.Blocks, sizes.Rows, sizes.Time, 2, sizes.States], state.dtype, state.device), Like(state));
        switch (u.dtype)
        {
            case ScalarType.Float64: Backward<double, Float64>(sizes, saved, gradients); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(sizes, saved, gradients); break;
            default: Backward<float, Float32>(sizes, saved, gradients); break;
        }

        // vectors of channels and A are shared by rows; B and C by blocks of channels
        var shared = gradients.BC.sum([0]).to(u.dtype);
        return
        [
            gradients.S, gradients.U, gradients.Z, shared.select(2, 0), shared.select(2, 1), gradients.Bias.sum([0]), gradients.Skip.sum([0]), gradients.A.sum([0]),
            gradients.Initial, null!, null!, null!,
        ];
    }

    private static List<Tensor> CudaBackward(List<Tensor> saved, Tensor gy, Tensor gLast)
    {
        var (u, state) = (saved[U], saved[Initial]);
        Tensor Like(Tensor x) => empty(x.shape, x.dtype, x.device);
        var (gs, gu, gz, gInitial) = (Like(u), Like(u), Like(u), Like(state));
        var gVectors = zeros([2, u.shape[0] * CudaSelective.Chunks(u), u.shape[2]], state.dtype, u.device);
        using var gBias = gVectors.select(0, 0);
        using var gSkip = gVectors.select(0, 1);
        var tokens = Around(saved) with
        {
            GOut = CudaTokens.Of(gy), GS = CudaTokens.Of(gs), GU = CudaTokens.Of(gu), GZ = CudaTokens.Of(gz), GBias = CudaMemory.Address(gBias), GSkip = CudaMemory.Address(gSkip),
        };
        var (gA, gB, gC) = CudaSelective.Gated.Backward(tokens, States(saved, gLast, gInitial));
        return [gs, gu, gz, gB.to(u.dtype), gC.to(u.dtype), gBias.sum([0]), gSkip.sum([0]), gA, gInitial, null!, null!, null!];
    }

    private static CudaSelectiveStates States(List<Tensor> inputs, Tensor initial, Tensor last) =>
        new(inputs[U], inputs[A], inputs[B], inputs[C], inputs[Starts], inputs[Padding], initial, last, inputs[Kept]);

    private static CudaSelective.GatedTokens Around(List<Tensor> inputs) => new()
    {
        S = CudaTokens.Of(inputs[S]), U = CudaTokens.Of(inputs[U]), Z = CudaTokens.Of(inputs[Z]), Bias = CudaMemory.Address(inputs[Bias]), Skip = CudaMemory.Address(inputs[Skip]),
    };

    private static void Forward<T, TStored>(SelectiveSizes sizes, List<Tensor> inputs, Tensor y, Tensor last)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(sizes, inputs) with { Last = Memory.Of<T>(last) };
        pass.Forward(Around<T, TStored>(sizes, inputs) with { Out = Tokens<TStored>.Of(y) });
        GC.KeepAlive((inputs, y, last));
    }

    private static void Backward<T, TStored>(SelectiveSizes sizes, List<Tensor> saved, Gradients gradients)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(sizes, saved) with
        {
            GLast = Memory.Of<T>(gradients.Last), GInitial = Memory.Of<T>(gradients.Initial), GA = Memory.Of<T>(gradients.A), GBC = Memory.Of<T>(gradients.BC),
        };
        pass.Backward(Around<T, TStored>(sizes, saved) with
        {
            GOut = Tokens<TStored>.Of(gradients.Y), GS = Tokens<TStored>.Of(gradients.S), GU = Tokens<TStored>.Of(gradients.U), GZ = Tokens<TStored>.Of(gradients.Z),
            GBias = Memory.Of<T>(gradients.Bias), GSkip = Memory.Of<T>(gradients.Skip),
        });
        GC.KeepAlive((saved, gradients));
    }

    private static SelectivePass<T, TStored> Pass<T, TStored>(SelectiveSizes sizes, List<Tensor> inputs)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T> => new()
        {
            Sizes = sizes, A = Memory.Of<T>(inputs[A]), B = Tokens<TStored>.Of(inputs[B]), C = Tokens<TStored>.Of(inputs[C]), Initial = Memory.Of<T>(inputs[Initial]),
            Starts = Memory.Of<byte>(inputs[Starts]), Kept = Memory.Of<T>(inputs[Kept]),
        };

    private static GatedTokens<T, TStored> Around<T, TStored>(SelectiveSizes sizes, List<Tensor> inputs)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T> => new()
        {
            Time = sizes.Time, Width = sizes.Width, S = Tokens<TStored>.Of(inputs[S]), U = Tokens<TStored>.Of(inputs[U]), Z = Tokens<TStored>.Of(inputs[Z]),
            Bias = Memory.Of<T>(inputs[Bias]), Skip = Memory.Of<T>(inputs[Skip]), Padding = Memory.Of<byte>(inputs[Padding]),
        };

    /// <summary>The gradients to the outputs and to the inputs.</summary>
    private sealed record Gradients(Tensor Y, Tensor Last, Tensor S, Tensor U, Tensor Z, Tensor Bias, Tensor Skip, Tensor A, Tensor BC, Tensor Initial);
}
