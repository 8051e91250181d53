using Sequence.Kernels;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>
/// The largest memory since a beginning: of the device where it is a CUDA device and the tensor library can tell, else of the process
/// (<see cref="ProcessMemory"/>).
/// </summary>
internal static class PeakMemory
{
    /// <summary>Begins to look.</summary>
    public static void Reset(Device device)
    {
        if (!DeviceMemory.StartPeak(device))
            ProcessMemory.StartPeak();
    }

    /// <summary>The peak in bytes.</summary>
    public static long Bytes(Device device) => DeviceMemory.Peak(device) ?? ProcessMemory.Peak;
}
