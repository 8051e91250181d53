using System.Collections.Concurrent;

namespace Sequence.Kernels.Cuda;

/// <summary>A program that was compiled for a GPU and loaded there; it stays as long as the process.</summary>
internal sealed class CudaModule
{
    private readonly CudaGpu _gpu;
    private readonly CudaSource _source;
    private readonly IntPtr _module;
    private readonly ConcurrentDictionary<string, IntPtr> _kernels = new();

    /// <summary>Compiles, or reads what was compiled before.</summary>
    /// <exception cref="CudaException">It does not compile or load.</exception>
    public CudaModule(CudaPlatform platform, CudaGpu gpu, CudaSource source)
    {
        (_gpu, _source) = (gpu, source);
        var image = platform.Images.Read(source, gpu.Architecture);
        string? refusal = null;
        _module = image is null ? 0 : gpu.Within(driver => driver.TryLoad(image, out refusal));
        if (_module != 0)
            return;
        // what was kept may be damaged, or of another driver
        image = platform.Compiler.Compile(source, gpu.Architecture);
        _module = gpu.Within(driver => driver.TryLoad(image, out refusal));
        if (_module == 0)
            throw new CudaException($"{source} was compiled by NVRTC {platform.Compiler.Version}, but the driver does not load it: {refusal}.");
        platform.Images.Write(source, gpu.Architecture, image);
    }

    /// <summary>Queues a kernel on the stream on which libtorch queues work now.</summary>
    /// <param name="kernel">Its name in the source.</param>
    /// <param name="grid">How many blocks, along two axes.</param>
    /// <param name="threads">How many threads a block.</param>
    /// <param name="arguments">The one argument of the kernel, field by field as the source has it.</param>
    /// <param name="sharedBytes">Shared memory beside what the source declares.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Launch<TArguments>(string kernel, (long X, int Y) grid, int threads, TArguments arguments, int sharedBytes = 0)
        where TArguments : unmanaged
    {
        var function = _kernels.TryGetValue(kernel, out var known) ? known : _kernels.GetOrAdd(kernel, name => _gpu.Within(driver => driver.Function(_module, name)));
        _gpu.Launch($"{_source.Name}: {kernel}", function, grid, threads, sharedBytes, arguments);
    }
}
