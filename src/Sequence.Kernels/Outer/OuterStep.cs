using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Outer;

/// <summary>
/// One token of a scan of outer products, of one on a log scale, or of a delta rule on a GPU, where a step in tensor operations is many launches and matrices. It has no
/// gradients: steps that want some are in tensor operations. On the CPU a step through a whole model is a kernel of its own (<see cref="Steps.StepKernel"/>).
/// </summary>
internal static class OuterStep
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "outer-product-step", "one step in tensor operations",
        new KernelForm("fused step of outer products", DeviceType.CUDA, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16) { Programs = [CudaOuterStep.Program] });

    /// <summary>Whether inputs are one token on a GPU, and the fused step is to run.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="others">More of them, which may want gradients.</param>
    public static bool Fuses(OuterInputs x, params ReadOnlySpan<Tensor?> others) =>
        x.OneStep is not null && CudaPlatform.Takes(x.V) && x.V.numel() > 0 && x.K.shape[3] > 0
        && Kernel.Fuses(DeviceType.CUDA, x.V.dtype, is_grad_enabled() && (WantsGradient(x.Q, x.K, x.V, x.Log, x.Initial, x.Beta) || WantsGradient(others)) ? "gradients are wanted" : null);

    /// <summary>y [B, 1, H, V] and the last S [B, H, K, V], never narrower than float32.</summary>
    public static (Tensor Y, Tensor Last) Run(OuterInputs x)
    {
        using var constant = no_grad();
        return CudaOuterStep.Run(x.To(x.V.dtype, StateElement.Of(x.V.dtype)));
    }

    /// <summary>y, its scales m [B, 1, H, 1] (0 where y is zero for want of any input), and the last m and R.</summary>
    public static (Tensor Y, Tensor Scales, LogScaled Last) Run(LogScaledInputs x)
    {
        using var constant = no_grad();
        // l stays as it is: its sums with m are in float64
        return CudaOuterStep.Run(x with { Outer = x.Outer.To(x.Outer.V.dtype, StateElement.Of(x.Outer.V.dtype)) with { Log = x.Outer.Log } });
    }

    private static bool WantsGradient(params ReadOnlySpan<Tensor?> inputs)
    {
        foreach (var each in inputs)
        {
            if (each is { requires_grad: true })
                return true;
        }

        return false;
    }
}
