#if TORCH_SYSTEM
using TorchSharp;
#else
using static TorchSharp.torch;
#endif

namespace Sequence.Framework.Training;

/// <summary>
/// What only one tensor provider can tell. With the system provider these are its own answers; the packages have no such calls, so there the
/// BLAS is looked for among the libraries that the process has loaded.
/// </summary>
internal static class TensorLibrary
{
#if TORCH_SYSTEM
    /// <summary>Version of the libtorch that is loaded.</summary>
    public static string Version => SystemLibtorch.Version;

    /// <summary>The BLAS behind matrix products.</summary>
    public static string Blas => SystemLibtorch.Blas;
#else
    private const string LoadedLibraries = "/proc/self/maps";

    /// <summary>Version of the libtorch that the package was built for.</summary>
    public static string Version => __version__;

    /// <summary>The BLAS behind matrix products.</summary>
    public static string Blas => Loaded("libmkl") ?? Loaded("libopenblas") ?? "part of the package's libtorch";

    private static string? Loaded(string name) => !File.Exists(LoadedLibraries) ? null : File.ReadLines(LoadedLibraries)
        .Select(line => line.Split(' ')[^1])
        .Where(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal))
        .Select(path => Path.GetFileName(path))
        .FirstOrDefault();
#endif
}
