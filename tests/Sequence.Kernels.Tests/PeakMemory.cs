using System.Globalization;
#if TORCH_SYSTEM
using TorchSharp;
#endif

namespace Sequence.Kernels.Tests;

/// <summary>The largest resident memory of this process since it was begun anew, as Linux counts it.</summary>
internal static class PeakMemory
{
    /// <summary>Forgets what was, gives what was freed back to the system, and counts what is held now.</summary>
    public static long Anew()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
#if TORCH_SYSTEM
        SystemLibtorch.ReturnFreedMemory();
#endif
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Bytes();
    }

    /// <summary>The peak.</summary>
    public static long Bytes() =>
        1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
}
