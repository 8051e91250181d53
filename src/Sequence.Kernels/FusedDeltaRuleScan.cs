using Sequence.Kernels.Lanes;
using Sequence.Kernels.Outer;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="DeltaRuleScan"/> on the CPU, chunk by chunk in a core's cache: q, k, v and y in float32, float64 or bfloat16, beta, l and S never narrower than
/// float32, each row and head on a thread of its own. The forward pass keeps S before each chunk of 64 tokens; everything else, what is written too, the
/// backward pass computes again. Decays are multiplied, never divided; where e^l is zero, l has no gradient.
/// </summary>
public sealed unsafe class FusedDeltaRuleScan : autograd.MultiTensorFunction<FusedDeltaRuleScan>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedDeltaRuleScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor v) => DeltaRuleScan.Kernel.Refusal(v);

    /// <inheritdoc cref="DeltaRuleScan.Run"/>
    public static (Tensor Y, Tensor Last) Run(Tensor q, Tensor k, Tensor v, Tensor beta, Tensor? log = null, Tensor? initial = null, Tensor? starts = null)
    {
        var state = StateElement.Of(v.dtype);
        var (B, T, H, K) = (v.shape[0], v.shape[1], v.shape[2], k.shape[3]);
        Tensor None(ScalarType dtype) => empty(0, dtype, v.device);
        var results = apply(
            q.to(v.dtype).expand(B, T, H, K), k.to(v.dtype).expand(B, T, H, K), v, log?.to(state).expand(B, T, H, 1) ?? None(state),
            initial?.to(state) ?? zeros(B, H, K, v.shape[3], state, v.device), beta.to(state).expand(B, T, H, 1), starts ?? None(@bool), is_grad_enabled());
        return (results[0], results[1]);
    }

    /// <summary>y and the last S.</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [.. vars[..7].Select((each, index) => index is 4 or 6 || ((Tensor)each).numel() == 0 ? ((Tensor)each).contiguous() : SideBySide.Of((Tensor)each))];
        var v = inputs[2];
        var (y, last) = (empty(v.shape, v.dtype, v.device), empty_like(inputs[4]));
        var sizes = Sizes(inputs);
        var kept = empty((bool)vars[7] ? Kept(sizes, v.dtype) : 0, inputs[4].dtype, v.device);
        if (y.numel() > 0)
        {
            switch (v.dtype)
            {
                case ScalarType.Float64: Forward<double, Float64>(sizes, inputs, y, last, kept); break;
                case ScalarType.BFloat16: Forward<float, BFloat16>(sizes, inputs, y, last, kept); break;
                default: Forward<float, Float32>(sizes, inputs, y, last, kept); break;
            }
        }

        ctx.save_for_backward([.. inputs, kept]);
        return [y, last];
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        SecondDerivative.Refuse(nameof(FusedDeltaRuleScan), $"{nameof(DeltaRuleScan)}.{nameof(DeltaRuleScan.Chunked)}");
        var saved = ctx.get_saved_variables();
        List<Tensor> given = [SideBySide.Of(grad_outputs[0]), grad_outputs[1].contiguous()];
        List<Tensor> gradients = [.. saved[..6].Select(each => empty(each.shape, each.dtype, each.device))];
        var sizes = Sizes(saved);
        switch (saved[2].dtype)
        {
            case ScalarType.Float64: Backward<double, Float64>(sizes, saved, given, gradients); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(sizes, saved, given, gradients); break;
            default: Backward<float, Float32>(sizes, saved, given, gradients); break;
        }

        return [gradients[0], gradients[1], gradients[2], sizes.Decays == 0 ? null! : gradients[3], gradients[4], gradients[5], null!, null!];
    }

    private static OuterSizes Sizes(List<Tensor> inputs) => new(inputs[1].shape, inputs[2].shape[3], inputs[3].dim() == 4 ? inputs[3].shape[3] : 0);

    private static long Kept(OuterSizes sizes, ScalarType dtype) =>
        dtype == ScalarType.Float64 ? sizes.KeptAt<double>(sizes.Batch, 0) : sizes.KeptAt<float>(sizes.Batch, 0);

    private static void Forward<T, TStored>(OuterSizes sizes, List<Tensor> inputs, Tensor y, Tensor last, Tensor kept)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(sizes, inputs) with
        {
            Y = HeadTokens<TStored>.Of(y), Initial = Memory.Of<T>(inputs[4]), Last = Memory.Of<T>(last), Kept = kept.numel() > 0 ? Memory.Of<T>(kept) : null,
        };
        pass.DeltaForward();
        GC.KeepAlive((inputs, y, last, kept));
    }

    private static void Backward<T, TStored>(OuterSizes sizes, List<Tensor> saved, List<Tensor> given, List<Tensor> gradients)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(sizes, saved) with
        {
            Y = HeadTokens<TStored>.Of(given[0]), Initial = Memory.Of<T>(gradients[4]), Last = Memory.Of<T>(given[1]), Kept = Memory.Of<T>(saved[7]),
            GQ = HeadTokens<TStored>.Of(gradients[0]), GK = HeadTokens<TStored>.Of(gradients[1]), GV = HeadTokens<TStored>.Of(gradients[2]),
            GBeta = HeadTokens<T>.Of(gradients[5]),
            GLog = sizes.Decays == 0 ? default : HeadTokens<T>.Of(gradients[3]),
        };
        pass.DeltaBackward();
        GC.KeepAlive((saved, given, gradients));
    }

    private static OuterPass<T, TStored> Pass<T, TStored>(OuterSizes sizes, List<Tensor> inputs)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T> => new()
        {
            Sizes = sizes, Q = HeadTokens<TStored>.Of(inputs[0]), K = HeadTokens<TStored>.Of(inputs[1]), V = HeadTokens<TStored>.Of(inputs[2]), Beta = HeadTokens<T>.Of(inputs[5]),
            Log = sizes.Decays == 0 ? default : HeadTokens<T>.Of(inputs[3]), Starts = inputs[6].numel() > 0 ? Memory.Of<byte>(inputs[6]) : null,
        };
}
