using System.Globalization;
using System.Runtime.InteropServices;

namespace Sequence.Benchmarks.Measuring;

/// <summary>Resident memory of this process on Linux.</summary>
internal static partial class ResidentMemory
{
    /// <summary>Bytes that a call takes at its peak beyond what is there before; null where the system does not tell.</summary>
    public static long? PeakOf(Action call)
    {
        if (!File.Exists("/proc/self/clear_refs"))
        {
            call();
            return null;
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        // what was freed before goes back first, or the call would take it without a trace
        _ = Trim(0);
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Kilobytes("VmRSS:");
        call();
        return 1024 * (Kilobytes("VmHWM:") - before);
    }

    private static long Kilobytes(string key) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
