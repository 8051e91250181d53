using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>
/// Threads of libtorch that wait for work sleep rather than spin. Spinning gains nothing measurable on free cores, and where another program has
/// one of them, every parallel operator waits for a thread that is not running: several times slower. OpenMP reads its settings when it is loaded,
/// so they are made before the first native call; <c>OMP_WAIT_POLICY</c> set by the user stays.
/// </summary>
internal static partial class WaitPolicy
{
    // .NET keeps its own copy of the environment, which native libraries do not see
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);

#pragma warning disable CA2255 // a module initialiser is the one place before every use of the native library
    [ModuleInitializer]
    internal static void Sleep()
#pragma warning restore CA2255
    {
        if (OperatingSystem.IsLinux())
            _ = SetNativeVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
    }
}
