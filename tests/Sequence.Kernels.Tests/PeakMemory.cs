using System.Globalization;

namespace Sequence.Kernels.Tests;

/// <summary>The largest resident memory of this process since it was begun anew, as Linux counts it.</summary>
internal static class PeakMemory
{
    /// <summary>Forgets what was, and gives the memory held now.</summary>
    public static long Anew()
    {
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Bytes();
    }

    /// <summary>The peak.</summary>
    public static long Bytes() =>
        1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
}
