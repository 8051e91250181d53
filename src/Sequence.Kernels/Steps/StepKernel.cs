using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Steps;

/// <summary>One token a row through a whole model, in place.</summary>
public static class StepKernel
{
    /// <summary>Its forms: in place on the CPU; on a GPU, captured once into a CUDA graph, which is launched again for each token.</summary>
    public static Kernel Kernel { get; } = new(
        "step", "forms of whole sequences over one token",
        new KernelForm("fused step in place", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64),
        new KernelForm("step from a CUDA graph", DeviceType.CUDA, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));
}
