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
    /// <summary>Why it cannot run on this machine at all, such as a library that is missing; null where it can.</summary>
    public string? Missing => Device != DeviceType.CUDA ? null
        : Programs.Count > 0 ? CudaPlatform.Missing
        : cuda.is_available() ? null
        : "there is no GPU here, or this libtorch has no CUDA";

    /// <summary>What a form for GPUs is compiled from; of programs that differ in sizes alone, one.</summary>
    internal IReadOnlyList<CudaProgram> Programs { get; init; } = [];

    /// <summary>A form for the CPU, and one for GPUs.</summary>
    internal static IReadOnlyList<KernelForm> OnBoth(string name, IReadOnlyList<CudaProgram> programs, params IReadOnlyList<ScalarType> elements) =>
        [new(name, DeviceType.CPU, elements), new(name, DeviceType.CUDA, elements) { Programs = programs }];

    /// <summary>Why it does not take an element type, or anything at all; null where it does.</summary>
    internal string? Refusal(ScalarType dtype)
    {
        if (Missing is { } missing)
            return missing;
        if (!Reads(dtype))
            return $"no fused form for {$"{dtype}".ToLowerInvariant()}";
        for (var program = 0; program < Programs.Count; program++)
        {
            if (Programs[program].Refusal(dtype) is { } refusal)
                return refusal;
        }

        return null;
    }

    /// <summary>Whether it reads and writes an element type.</summary>
    private bool Reads(ScalarType dtype)
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
