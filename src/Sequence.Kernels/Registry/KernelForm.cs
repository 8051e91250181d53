using Sequence.Kernels.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Registry;

/// <summary>A fused form of a kernel: code of our own for one kind of device.</summary>
/// <param name="Name">In words, without the device: "fused selective scan".</param>
/// <param name="Device">Where it runs.</param>
/// <param name="Elements">The element types that it reads and writes.</param>
public sealed record KernelForm(string Name, DeviceType Device, params IReadOnlyList<ScalarType> Elements)
{
    /// <summary>A form for the CPU, and one for GPUs.</summary>
    internal static IReadOnlyList<KernelForm> OnBoth(string name, params IReadOnlyList<ScalarType> elements) => [new(name, DeviceType.CPU, elements), new(name, DeviceType.CUDA, elements)];

    /// <summary>Why it cannot run on this machine at all, such as a library that is missing; null where it can.</summary>
    public string? Missing => Device == DeviceType.CUDA ? CudaPlatform.Missing : null;

    /// <summary>Whether it reads and writes an element type.</summary>
    internal bool Reads(ScalarType dtype)
    {
        // by index: an enumerator would be an allocation a call
        for (var element = 0; element < Elements.Count; element++)
        {
            if (Elements[element] == dtype)
                return true;
        }

        return false;
    }
}
