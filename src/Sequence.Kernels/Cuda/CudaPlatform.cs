using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// The driver and the compiler of kernels (NVRTC), each a library that is found when the first kernel is asked for. A test may put another one in place of both on its
/// thread, which runs kernels on the CPU.
/// </summary>
internal sealed class CudaPlatform
{
    private static readonly Lazy<CudaPlatform> _real = new(() => new CudaPlatform(CudaLibraries.Find("the CUDA driver", CudaLibraries.Driver), CudaLibraries.Find(CudaLibraries.Compiler, CudaLibraries.Nvrtc), CacheFolder.Of("cuda")));
    private static readonly Lazy<string?> _missing = new(() =>
    {
        try
        {
            _ = _real.Value;
            return null;
        }
        catch (CudaException missing)
        {
            return missing.Message;
        }
    });

    [ThreadStatic]
    private static CudaPlatform? _emulated;

    private readonly ConcurrentDictionary<int, CudaGpu> _gpus = new();

    private CudaPlatform(CudaLibrary driver, CudaLibrary compiler, string images)
    {
        (Driver, Compiler) = (new CudaDriver(driver), new Nvrtc(compiler));
        Images = new(Compiler, images);
    }

    /// <summary>That of this thread.</summary>
    /// <exception cref="CudaException">A library is missing.</exception>
    public static CudaPlatform Current => _emulated ?? _real.Value;

    /// <summary>Why no kernel can run on a GPU here; null where they can.</summary>
    public static string? Missing =>
#if TORCH_SYSTEM
        _emulated is null ? _missing.Value : null;
#else
        "the TorchSharp packages tell no address of a tensor on a GPU";
#endif

    /// <summary>The driver.</summary>
    public CudaDriver Driver { get; }

    /// <summary>The compiler.</summary>
    public Nvrtc Compiler { get; }

    /// <summary>What was compiled before.</summary>
    public CudaImages Images { get; }

    /// <summary>Whether kernels for a GPU take a tensor: one on a GPU, or any where a test emulates one.</summary>
    public static bool Takes(Tensor tensor) => _emulated is not null || tensor.device_type == DeviceType.CUDA;

    /// <summary>The GPU that a tensor is on.</summary>
    public static CudaGpu Gpu(Tensor tensor) => Gpu(Math.Max(0, tensor.device_index));

    /// <summary>A GPU, as libtorch counts them.</summary>
    public static CudaGpu Gpu(int index)
    {
        var platform = Current;
        return platform._gpus.TryGetValue(index, out var gpu) ? gpu : platform._gpus.GetOrAdd(index, key => new CudaGpu(platform, key));
    }

    /// <summary>Opens a library that stands for the driver and the compiler.</summary>
    /// <param name="path">The library.</param>
    /// <param name="images">Where what it compiles is kept; null for beside it.</param>
    public static CudaPlatform Open(string path, string? images = null)
    {
        var library = CudaLibraries.Find("the emulator", [path]);
        return new(library, library, images ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "images"));
    }

    /// <summary>Puts a platform in place of the real one on this thread; null puts the real one back.</summary>
    public static void Emulate(CudaPlatform? platform) => _emulated = platform;
}
