using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>
/// Threads of libtorch that wait for work spin for some microseconds, then sleep. GNU OpenMP's own setting spins for milliseconds: where another
/// program has one of the cores, every parallel operator then waits for a thread that is not running, and training slows several times over;
/// sleeping at once costs a wake-up in every operator. OpenMP reads its settings when it is loaded, so this is set before the first native call;
/// what the user has set in <c>OMP_WAIT_POLICY</c> or <c>GOMP_SPINCOUNT</c> stays.
/// </summary>
internal static partial class WaitPolicy
{
    private const string Spins = "2000";

    // .NET keeps its own copy of the environment, which native libraries do not see
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);

#pragma warning disable CA2255 // nothing later comes before every use of the native library
    [ModuleInitializer]
    internal static void SpinBriefly()
#pragma warning restore CA2255
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetNativeVariable("GOMP_SPINCOUNT", Spins, overwrite: 0);
    }
}
