namespace Sequence.Kernels.Tests;

/// <summary>The largest memory of this process since it was begun anew.</summary>
internal static class PeakMemory
{
    /// <summary>Forgets what was, and counts what is held now.</summary>
    public static long Anew()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(ProcessMemory.StartPeak());
        return Bytes();
    }

    /// <summary>The peak.</summary>
    public static long Bytes() => ProcessMemory.Peak;
}
