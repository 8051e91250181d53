using Sequence.Kernels.Lanes;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels.Outer;

/// <summary>The passes of a fused outer-product scan, or delta rule where there is a beta, as one function of its inputs.</summary>
internal sealed unsafe class OuterFunction : autograd.MultiTensorFunction<OuterFunction>
{
    // of what forward is given
    private const int Q = 0, K = 1, V = 2, Log = 3, Initial = 4, Beta = 5, Starts = 6, Kept = 7;

    /// <inheritdoc/>
    public override string Name => nameof(OuterFunction);

    /// <summary>y, in the element type of v, and the last S, never narrower than float32.</summary>
    public static (Tensor Y, Tensor Last) Run(OuterInputs inputs)
    {
        (inputs.Beta is null ? OuterProductScan.Kernel : DeltaRuleScan.Kernel).Demand(inputs.V);
        var state = StateElement.Of(inputs.V.dtype);
        var (q, k, v, log, initial, starts, beta) = inputs.To(inputs.V.dtype, state);
        var (B, T, H, K) = (v.shape[0], v.shape[1], v.shape[2], k.shape[3]);
        Tensor None(ScalarType dtype) => empty(0, dtype, v.device);
        var results = apply(
            q.expand(B, T, H, K), k.expand(B, T, H, K), v, log ?? None(state), initial ?? zeros(B, H, K, v.shape[3], state, v.device), beta ?? None(state),
            starts ?? None(@bool), is_grad_enabled());
        return (results[0], results[1]);
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [.. vars[..Kept].Select((each, index) => index is Initial or Starts || ((Tensor)each).numel() == 0 ? ((Tensor)each).contiguous() : SideBySide.Of((Tensor)each))];
        var (v, initial) = (inputs[V], inputs[Initial]);
        var (y, last) = (empty(v.shape, v.dtype, v.device), empty_like(initial));
        var sizes = Sizes(inputs);
        inputs.Add(empty((bool)vars[Kept] ? StatesKept(sizes, v.dtype) : 0, initial.dtype, v.device));
        switch (v.dtype)
        {
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
        var saved = ctx.get_saved_variables();
        if (IsDelta(saved))
            SecondDerivative.Refuse(nameof(FusedDeltaRuleScan), $"{nameof(DeltaRuleScan)}.{nameof(DeltaRuleScan.Chunked)}");
        else
            SecondDerivative.Refuse(nameof(FusedOuterProductScan), $"{nameof(OuterProductScan)}.{nameof(OuterProductScan.Chunked)}");
        List<Tensor> given = [SideBySide.Of(grad_outputs[0]), grad_outputs[1].contiguous()];
        List<Tensor> gradients = [.. saved[..Starts].Select(each => empty(each.shape, each.dtype, each.device))];
        var sizes = Sizes(saved);
        switch (saved[V].dtype)
        {
            case ScalarType.Float64: Backward<double, Float64>(sizes, saved, given, gradients); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(sizes, saved, given, gradients); break;
            default: Backward<float, Float32>(sizes, saved, given, gradients); break;
        }

        return
        [
            gradients[Q], gradients[K], gradients[V], sizes.Decays > 0 ? gradients[Log] : null!, gradients[Initial], IsDelta(saved) ? gradients[Beta] : null!, null!, null!,
        ];
    }

    // an input that is left out has one axis
    private static bool IsDelta(List<Tensor> inputs) => inputs[Beta].dim() == 4;

    private static OuterSizes Sizes(List<Tensor> inputs) => new(inputs[K].shape, inputs[V].shape[3], inputs[Log].dim() == 4 ? inputs[Log].shape[3] : 0);

    private static long StatesKept(OuterSizes sizes, ScalarType dtype) =>
        dtype == ScalarType.Float64 ? sizes.KeptAt<double>(sizes.Batch, 0) : sizes.KeptAt<float>(sizes.Batch, 0);

    private static void Forward<T, TStored>(OuterSizes sizes, List<Tensor> inputs, Tensor y, Tensor last)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(sizes, inputs) with { Y = HeadTokens<TStored>.Of(y), Initial = Memory.Of<T>(inputs[Initial]), Last = Memory.Of<T>(last) };
        if (IsDelta(inputs))
            pass.DeltaForward();
        else
            pass.Forward();
        GC.KeepAlive((inputs, y, last));
    }

    private static void Backward<T, TStored>(OuterSizes sizes, List<Tensor> saved, List<Tensor> given, List<Tensor> gradients)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(sizes, saved) with
        {
            Y = HeadTokens<TStored>.Of(given[0]), Initial = Memory.Of<T>(gradients[Initial]), Last = Memory.Of<T>(given[1]),
            GQ = HeadTokens<TStored>.Of(gradients[Q]), GK = HeadTokens<TStored>.Of(gradients[K]), GV = HeadTokens<TStored>.Of(gradients[V]),
            GLog = Numbers<T>(gradients[Log]), GBeta = Numbers<T>(gradients[Beta]),
        };
        if (IsDelta(saved))
            pass.DeltaBackward();
        else
            pass.Backward();
        GC.KeepAlive((saved, given, gradients));
    }

    private static OuterPass<T, TStored> Pass<T, TStored>(OuterSizes sizes, List<Tensor> inputs)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T> => new()
        {
            Sizes = sizes, Q = HeadTokens<TStored>.Of(inputs[Q]), K = HeadTokens<TStored>.Of(inputs[K]), V = HeadTokens<TStored>.Of(inputs[V]),
            Log = Numbers<T>(inputs[Log]), Beta = Numbers<T>(inputs[Beta]), Starts = Memory.Of<byte>(inputs[Starts]), Kept = Memory.Of<T>(inputs[Kept]),
        };

    /// <summary>Decays or betas, where there are any.</summary>
    private static HeadTokens<T> Numbers<T>(Tensor tensor)
        where T : unmanaged
        => tensor.dim() == 4 ? HeadTokens<T>.Of(tensor) : default;
}
