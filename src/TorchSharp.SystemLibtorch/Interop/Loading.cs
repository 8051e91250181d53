using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

// Finds the native library where .NET would, but says what to do where that fails.
internal static class Loading
{
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(Loading).Assembly, Load);

    /// <exception cref="DllNotFoundException">It is not there, or what it needs is not.</exception>
    internal static IntPtr Load(string library, Assembly assembly, DllImportSearchPath? search)
    {
        if (NativeLibrary.TryLoad(library, assembly, search, out var found))
            return found;
        var folder = assembly.Location.Length > 0 ? Path.GetDirectoryName(assembly.Location)! : AppContext.BaseDirectory;
        var file = Path.Combine(folder, $"lib{library}.so");
        if (!File.Exists(file))
        {
            throw new DllNotFoundException(
                $"{file} is missing, and the system's library folders don't hold it either. It is built and copied with the project: build anew, after ./eng/setup.sh " +
                "where CMake or libtorch are missing. Where this assembly came as a package, set the property SequenceTorchLibrary to a library of your own.");
        }

        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException refusal)
        {
            var reason = refusal.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
            throw new DllNotFoundException(
                $"{file} is there, but can't be loaded ({reason}). It was built against libtorch {Built(assembly)}: if that was moved, replaced or removed, " +
                "run ./eng/setup.sh and build anew, or set LD_LIBRARY_PATH to the folder of libtorch_cpu.so.", refusal);
        }
    }

    private static string? Built(Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "LibtorchVersion")?.Value;
}
