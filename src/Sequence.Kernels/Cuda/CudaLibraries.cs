using System.Runtime.InteropServices;

namespace Sequence.Kernels.Cuda;

/// <summary>Where the driver's and the compiler's libraries are looked for: by name, then beside the libraries that PyTorch's wheels and the toolkit bring.</summary>
internal static class CudaLibraries
{
    private const string NvrtcPath = "SEQUENCE_NVRTC";

    /// <summary>The compiler's name in messages.</summary>
    public const string Compiler = "NVRTC";

    /// <summary>Names and paths of the driver.</summary>
    public static IEnumerable<string> Driver => OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"];

    /// <summary>Names and paths of NVRTC, newest first.</summary>
    public static IEnumerable<string> Nvrtc
    {
        get
        {
            if (Environment.GetEnvironmentVariable(NvrtcPath) is { Length: > 0 } given)
                return [given];
            string[] names = OperatingSystem.IsWindows()
                ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"]
                : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];
            return [.. names, .. Folders().SelectMany(folder => names.Select(name => Path.Combine(folder, name))).Where(File.Exists)];
        }
    }

    /// <summary>Loads the first that is there.</summary>
    /// <param name="what">For the message.</param>
    /// <param name="candidates">Names and paths.</param>
    /// <exception cref="CudaException">None is.</exception>
    public static CudaLibrary Find(string what, IEnumerable<string> candidates)
    {
        string[] all = [.. candidates];
        foreach (var candidate in all)
        {
            LoadBuiltins(candidate);
            if (NativeLibrary.TryLoad(candidate, out var handle))
                return new(candidate, handle);
        }

        throw new CudaException($"{what} was not found ({string.Join(", ", all.Select(Path.GetFileName).Distinct())}). "
            + (what == Compiler ? $"It comes with the CUDA toolkit and with PyTorch for CUDA: add its folder to LD_LIBRARY_PATH, or name the library by {NvrtcPath}." : "It comes with NVIDIA's driver, for which there has to be a GPU."));
    }

    // NVRTC looks for this part of itself by name, where the system looks, not beside itself
    private static void LoadBuiltins(string library)
    {
        if (Path.GetDirectoryName(library) is not { Length: > 0 } folder || !Directory.Exists(folder))
            return;
        foreach (var builtins in Directory.EnumerateFiles(folder, "libnvrtc-builtins.so.*").OrderBy(path => path.Length))
        {
            if (NativeLibrary.TryLoad(builtins, out _))
                return;
        }
    }

    // beside a wheel's libtorch: nvidia/<part>/lib, and in the toolkit
    private static IEnumerable<string> Folders()
    {
        foreach (var variable in (string[])["CUDA_HOME", "CUDA_PATH"])
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } home)
                yield return Path.Combine(home, "lib64");
        }

        foreach (var loaded in LibtorchFolders())
        {
            var parts = Path.Combine(loaded, "..", "..", "nvidia");
            if (!Directory.Exists(parts))
                continue;
            foreach (var part in Directory.EnumerateDirectories(parts).Order(StringComparer.Ordinal))
                yield return Path.GetFullPath(Path.Combine(part, "lib"));
        }

        yield return "/usr/local/cuda/lib64";
    }

    private static IEnumerable<string> LibtorchFolders()
    {
        const string Maps = "/proc/self/maps";
        if (!File.Exists(Maps))
            return [];
        return File.ReadLines(Maps).Select(line => line.IndexOf('/') is var slash and >= 0 ? line[slash..] : "")
            .Where(path => Path.GetFileName(path).StartsWith("libtorch_c", StringComparison.Ordinal)).Select(path => Path.GetDirectoryName(path)!).Distinct();
    }
}
