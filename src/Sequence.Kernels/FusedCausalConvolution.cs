using Sequence.Kernels.Convolution;
using Sequence.Kernels.Cuda;
using Sequence.Kernels.Lanes;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="CausalConvolution"/> in one pass over memory, in float32, float64 or bfloat16 with float32 sums. On the CPU: vectors along channels, rows and blocks of
/// channels on separate threads; on a GPU: <see cref="CudaConvolution"/>. Inputs are read where they lie, also as a part of wider tokens. The backward pass computes s again where it needs it.
/// </summary>
public sealed unsafe class FusedCausalConvolution : autograd.SingleTensorFunction<FusedCausalConvolution>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedCausalConvolution);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor u) => CausalConvolution.Kernel.Refusal(u);

    /// <inheritdoc cref="CausalConvolution.Taps"/>
    public static Tensor Run(Tensor u, Tensor? window, Tensor weight, Tensor bias, Tensor? positions = null, bool silu = false)
    {
        CausalConvolution.Kernel.Demand(u);
        (window, bias, positions) = CausalConvolution.Held(u, window, weight, bias, positions);
        return apply(
            u, window?.to(u.dtype) ?? empty([u.shape[0], 0, u.shape[2]], u.dtype, u.device), weight.to(u.dtype), bias.to(u.dtype),
            positions ?? empty(0, int64, u.device), silu);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (u, window) = (SideBySide.Of((Tensor)vars[0]), SideBySide.Of((Tensor)vars[1]));
        List<Tensor> inputs = [u, window, .. vars[2..5].Select(each => ((Tensor)each).contiguous())];
        var y = empty(u.shape, u.dtype, u.device);
        ctx.save_for_backward(inputs);
        ctx.save_data("silu", vars[5]);
        switch (u.dtype)
        {
            case var _ when CudaPlatform.Takes(u): CudaConvolution.Forward(inputs, (bool)vars[5], y); break;
            case ScalarType.Float64: Forward<double, Float64>(inputs, (bool)vars[5], y); break;
            case ScalarType.BFloat16: Forward<float, BFloat16>(inputs, (bool)vars[5], y); break;
            default: Forward<float, Float32>(inputs, (bool)vars[5], y); break;
        }

        return y;
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(FusedCausalConvolution), $"{nameof(CausalConvolution)}.{nameof(CausalConvolution.Taps)}");
        var (inputs, silu, gy) = (ctx.get_saved_variables(), (bool)ctx.get_data("silu"), SideBySide.Of(grad_output));
        var (u, window, weight) = (inputs[0], inputs[1], inputs[2]);
        var (gu, gWindow) = (empty(u.shape, u.dtype, u.device), empty(window.shape, u.dtype, u.device));
        if (CudaPlatform.Takes(u))
        {
            var (toWeight, toBias) = CudaConvolution.Backward(inputs, silu, gy, gu, gWindow);
            return [gu, gWindow, toWeight.to(u.dtype), toBias.to(u.dtype), null!, null!];
        }

        var state = StateElement.Of(u.dtype);
        var (gWeight, gBias) = (zeros([u.shape[0], .. weight.shape], state, u.device), zeros([u.shape[0], u.shape[2]], state, u.device));
        switch (u.dtype)
        {
            case ScalarType.Float64: Backward<double, Float64>(inputs, silu, gy, gu, gWindow, gWeight, gBias); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(inputs, silu, gy, gu, gWindow, gWeight, gBias); break;
            default: Backward<float, Float32>(inputs, silu, gy, gu, gWindow, gWeight, gBias); break;
        }

        // weights are shared by rows
        return [gu, gWindow, gWeight.sum([0]).to(u.dtype), gBias.sum([0]).to(u.dtype), null!, null!];
    }

    private static void Forward<T, TStored>(List<Tensor> inputs, bool silu, Tensor y)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        (Pass<T, TStored>(inputs, silu) with { Y = Tokens<TStored>.Of(y) }).Forward(y.shape);
        GC.KeepAlive((inputs, y));
    }

    private static void Backward<T, TStored>(List<Tensor> inputs, bool silu, Tensor gy, Tensor gu, Tensor gWindow, Tensor gWeight, Tensor gBias)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T>
    {
        var pass = Pass<T, TStored>(inputs, silu) with
        {
            GY = Tokens<TStored>.Of(gy), GU = Tokens<TStored>.Of(gu), GWindow = Tokens<TStored>.Of(gWindow), GWeight = Memory.Of<T>(gWeight), GBias = Memory.Of<T>(gBias),
        };
        pass.Backward(gy.shape);
        GC.KeepAlive((inputs, gy, gu, gWindow, gWeight, gBias));
    }

    private static ConvolutionPass<T, TStored> Pass<T, TStored>(List<Tensor> inputs, bool silu)
        where T : unmanaged
        where TStored : unmanaged, IStored<TStored, T> => new()
        {
            Taps = (int)inputs[2].shape[0], Silu = silu, U = Tokens<TStored>.Of(inputs[0]), Window = Tokens<TStored>.Of(inputs[1]),
            Weight = Memory.Of<TStored>(inputs[2]), Bias = Memory.Of<TStored>(inputs[3]), Positions = Memory.Of<long>(inputs[4]),
        };
}
