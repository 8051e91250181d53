using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>
/// The process keeps the memory that it frees. By itself the GNU allocator fetches every tensor of 32 MiB and more from the kernel and gives it back when it
/// is freed, so that each operator pays for its output page by page: on a virtual machine several times what reading and writing it costs. What the
/// user has set in <c>GLIBC_TUNABLES</c>, <c>MALLOC_MMAP_THRESHOLD_</c> or <c>MALLOC_TRIM_THRESHOLD_</c> stays.
/// </summary>
internal static partial class FreedMemory
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    /// <summary>
    /// From how many bytes on a tensor comes from the kernel after all, what is wanted first. The GNU allocator takes any number since version 2.35, and
    /// half of a heap of 64 MiB before.
    /// </summary>
    private static readonly int[] Thresholds = [1 << 30, 32 << 20];

    private static readonly string[] Settings = ["GLIBC_TUNABLES", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"];

#pragma warning disable CA2255 // nothing later comes before the first tensor
    [ModuleInitializer]
    internal static void Keep()
#pragma warning restore CA2255
    {
        if (!OperatingSystem.IsLinux() || Settings.Any(name => Environment.GetEnvironmentVariable(name) is not null))
            return;
        try
        {
            _ = FirstTaken(threshold => Set(MapThreshold, threshold) != 0);
            _ = Set(TrimThreshold, int.MaxValue);
        }
        catch (EntryPointNotFoundException)
        {
            // another C library than GNU's, with an allocator of its own ways
        }
    }

    /// <summary>Asks for one threshold after the other until one is taken: which; null where none is.</summary>
    /// <param name="asks">Whether the allocator takes it.</param>
    internal static int? FirstTaken(Func<int, bool> asks)
    {
        foreach (var threshold in Thresholds)
        {
            if (asks(threshold))
                return threshold;
        }

        return null;
    }

    /// <summary>Gives what is kept back to the system, as far as whole pages are free.</summary>
    internal static void Return()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // another C library than GNU's
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
