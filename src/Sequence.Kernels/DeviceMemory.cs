#if TORCH_SYSTEM
using TorchSharp;
#endif
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// Memory of CUDA devices in tensors, in bytes, as libtorch's allocator counts it. Unknown on the CPU (<see cref="ProcessMemory"/> is for that) and with the packages,
/// which have no such calls.
/// </summary>
public static class DeviceMemory
{
    /// <summary>In tensors now; null where it is unknown.</summary>
    public static long? Allocated(Device device) =>
#if TORCH_SYSTEM
        device.type == DeviceType.CUDA ? SystemLibtorch.Memory(Index(device))?.Allocated : null;
#else
        null;
#endif

    /// <summary>The most since the last <see cref="StartPeak"/>; null where it is unknown.</summary>
    public static long? Peak(Device device) =>
#if TORCH_SYSTEM
        device.type == DeviceType.CUDA ? SystemLibtorch.Memory(Index(device))?.PeakAllocated : null;
#else
        null;
#endif

    /// <summary>Begins the peak anew; false where it is unknown.</summary>
    public static bool StartPeak(Device device) =>
#if TORCH_SYSTEM
        device.type == DeviceType.CUDA && SystemLibtorch.ResetPeakMemory(Index(device));

    // a device without a number is the first: nothing here chooses another
    private static int Index(Device device) => Math.Max(0, device.index);
#else
        false;
#endif
}
