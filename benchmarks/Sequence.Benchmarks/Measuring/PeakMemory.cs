using Sequence.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Measuring;

/// <summary>What a call takes at its peak: resident memory of this process on Linux; on a GPU tensors, as libtorch's allocator counts them.</summary>
internal static class PeakMemory
{
    /// <summary>Bytes beyond what is there before; null where they are unknown.</summary>
    public static long? Of(Action call, Device device)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var onDevice = device.type == DeviceType.CUDA;
        var before = onDevice
            ? DeviceMemory.StartPeak(device) ? DeviceMemory.Allocated(device) : null
            : ProcessMemory.StartPeak() ? ProcessMemory.Bytes : null;
        call();
        return (onDevice ? DeviceMemory.Peak(device) : ProcessMemory.Peak) - before;
    }
}
