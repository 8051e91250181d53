using Sequence.Kernels;

namespace Sequence.Benchmarks.Measuring;

/// <summary>Resident memory of this process on Linux.</summary>
internal static class ResidentMemory
{
    /// <summary>Bytes that a call takes at its peak beyond what is there before; null where the system does not tell.</summary>
    public static long? PeakOf(Action call)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = ProcessMemory.StartPeak() ? ProcessMemory.Bytes : null;
        call();
        return ProcessMemory.Peak - before;
    }
}
