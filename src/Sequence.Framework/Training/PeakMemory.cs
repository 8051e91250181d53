using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>
/// The largest memory since a beginning: of the device where it is a CUDA device and the tensor library can tell, else the resident memory of
/// the process. Linux keeps that peak as VmHWM and starts it anew when 5 is written to <c>clear_refs</c>; where it may not be, and on
/// other systems, the peak is that of the whole life of the process.
/// </summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string ClearReferences = "/proc/self/clear_refs";

    /// <summary>Begins to look.</summary>
    public static void Reset(Device device)
    {
        if (device.type == DeviceType.CUDA && TensorLibrary.ResetPeakDeviceMemory(device))
            return;

        // what was freed before this beginning is not of what begins
        TensorLibrary.ReturnFreedMemory();
        try
        {
            if (File.Exists(ClearReferences))
                File.WriteAllText(ClearReferences, "5");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // the peak then counts from the start of the process, as documented
        }
    }

    /// <summary>The peak in bytes.</summary>
    public static long Bytes(Device device)
    {
        if (device.type == DeviceType.CUDA && TensorLibrary.PeakDeviceMemory(device) is { } peak)
            return peak;

        if (File.Exists(Status) && File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line)
            return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
