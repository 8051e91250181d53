using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Steps;

/// <summary>One token a row through a whole model, in place.</summary>
public static class StepKernel
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "step", "forms of whole sequences over one token", new KernelForm("fused step in place", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64));
}
