using System.Diagnostics;
using System.Globalization;
#if TORCH_SYSTEM
using TorchSharp;
#endif

namespace Sequence.Kernels;

/// <summary>
/// How much memory this process holds. Linux keeps the peak as VmHWM and starts it anew when 5 is written to <c>clear_refs</c>; where it may not be, and on
/// other systems, the peak is that of the whole life of the process.
/// </summary>
public static class ProcessMemory
{
    private const string Status = "/proc/self/status";
    private const string ClearReferences = "/proc/self/clear_refs";

    /// <summary>Bytes now; null where the system does not tell.</summary>
    public static long? Bytes => Read("VmRSS:");

    /// <summary>The most bytes since the peak was started anew.</summary>
    public static long Peak
    {
        get
        {
            if (Read("VmHWM:") is { } peak)
                return peak;
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts the peak anew, from what is held now: what tensors left on the CPU when they were freed is given back to the system first.</summary>
    /// <returns>Whether the system lets it.</returns>
    public static bool StartPeak()
    {
#if TORCH_SYSTEM
        SystemLibtorch.ReturnFreedMemory();
#endif
        if (!File.Exists(ClearReferences))
            return false;
        try
        {
            File.WriteAllText(ClearReferences, "5");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long? Read(string key) =>
        File.Exists(Status) && File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            ? 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            : null;
}
