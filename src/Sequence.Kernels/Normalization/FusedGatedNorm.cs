using Sequence.Kernels.Cuda;
using Sequence.Kernels.Outer;
using static TorchSharp.torch;

namespace Sequence.Kernels.Normalization;

/// <summary><see cref="GatedNorm"/>, each head of a token once through a core's nearest cache or, on a GPU, the registers of a warp; the backward pass computes the norm again.</summary>
public sealed unsafe class FusedGatedNorm : autograd.SingleTensorFunction<FusedGatedNorm>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedGatedNorm);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor x, Tensor z, Tensor weight) => GatedNorm.Kernel.Refusal(x)
        ?? (CudaPlatform.Takes(x) ? CudaGatedNorm.Refusal(x, z, weight)
            : x.dtype == z.dtype && x.dtype == weight.dtype ? null
            : "inputs, gates and weights are of different element types");

    /// <inheritdoc cref="GatedNorm.Run"/>
    public static Tensor Run(Tensor x, Tensor z, Tensor weight, NormGate gate, bool centred, double epsilon)
    {
        z = GatedNorm.Held(x, z, weight);
        GatedNorm.Kernel.Demand(x, Refusal(x, z, weight));
        return apply(x, z, weight, (int)gate, centred, epsilon);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [SideBySide.Of((Tensor)vars[0]), SideBySide.Of((Tensor)vars[1]), ((Tensor)vars[2]).contiguous()];
        var x = inputs[0];
        var y = empty(x.shape[0], x.shape[1], x.shape[2] * x.shape[3], inputs[2].dtype, x.device);
        var (gate, centred, epsilon) = ((NormGate)(int)vars[3], (bool)vars[4], (double)vars[5]);
        if (y.numel() > 0)
        {
            if (CudaPlatform.Takes(x))
                CudaGatedNorm.Forward(inputs, (gate, centred, epsilon), y);
            else if (x.dtype == ScalarType.Float64)
                Pass<double>(inputs, gate, centred, epsilon).Forward(Memory.Of<double>(y));
            else
                Pass<float>(inputs, gate, centred, epsilon).Forward(Memory.Of<float>(y));
        }

        GC.KeepAlive((inputs, y));
        ctx.save_for_backward(inputs);
        ctx.save_data("form", (gate, centred, epsilon));
        return y;
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(FusedGatedNorm), $"{nameof(GatedNorm)}.{nameof(GatedNorm.Plain)}");
        var inputs = ctx.get_saved_variables();
        var g = grad_output.contiguous();
        var (gx, gz) = (empty(inputs[0].shape, inputs[0].dtype, g.device), empty(inputs[1].shape, inputs[1].dtype, g.device));
        var (gate, centred, epsilon) = ((NormGate, bool, double))ctx.get_data("form");
        if (CudaPlatform.Takes(g) && g.numel() > 0)
        {
            var byStretch = CudaGatedNorm.Backward(inputs, (gate, centred, epsilon), g, gx, gz);
            GC.KeepAlive((inputs, g, gx, gz));
            return [gx, gz, byStretch.sum([0]).to(inputs[2].dtype), null!, null!, null!];
        }

        var gw = empty(GatedNormPass<float>.Blocks(inputs[0].shape), inputs[2].shape[0], g.dtype, g.device);
        if (g.numel() > 0)
        {
            if (g.dtype == ScalarType.Float64)
                Pass<double>(inputs, gate, centred, epsilon).Backward(Memory.Of<double>(g), Memory.Of<double>(gx), Memory.Of<double>(gz), Memory.Of<double>(gw));
            else
                Pass<float>(inputs, gate, centred, epsilon).Backward(Memory.Of<float>(g), Memory.Of<float>(gx), Memory.Of<float>(gz), Memory.Of<float>(gw));
        }

        GC.KeepAlive((inputs, g, gx, gz, gw));
        return [gx, gz, gw.sum([0]), null!, null!, null!];
    }

    private static GatedNormPass<T> Pass<T>(List<Tensor> inputs, NormGate gate, bool centred, double epsilon)
        where T : unmanaged => new()
        {
            Shape = inputs[0].shape, X = HeadTokens<T>.Of(inputs[0]), Z = HeadTokens<T>.Of(inputs[1]), Weight = Memory.Of<T>(inputs[2]),
            Gate = gate, Centred = centred, Epsilon = epsilon,
        };
}
