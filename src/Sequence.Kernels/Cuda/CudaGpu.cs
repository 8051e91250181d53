using System.Collections.Concurrent;

namespace Sequence.Kernels.Cuda;

/// <summary>One GPU: its context, and the programs that were compiled for it.</summary>
internal sealed class CudaGpu
{
    // as CUDA's headers number them
    private const int Processors = 16, Major = 75, Minor = 76;

    private readonly CudaPlatform _platform;
    private readonly IntPtr _context;
    private readonly ConcurrentDictionary<CudaSource, Lazy<CudaModule>> _modules = new();

    /// <summary>Of an index.</summary>
    public CudaGpu(CudaPlatform platform, int index)
    {
        (_platform, Index, _context) = (platform, index, platform.Driver.PrimaryContext(index));
        Architecture = 10 * platform.Driver.Attribute(index, Major) + platform.Driver.Attribute(index, Minor);
        Multiprocessors = platform.Driver.Attribute(index, Processors);
    }

    /// <summary>As libtorch counts devices.</summary>
    public int Index { get; }

    /// <summary>90 for compute capability 9.0.</summary>
    public int Architecture { get; }

    /// <summary>How many blocks, at the least, run at a time.</summary>
    public int Multiprocessors { get; }

    /// <summary>A source compiled for this GPU, once a process; from the disk where it was compiled before.</summary>
    public CudaModule Module(CudaSource source) => (_modules.TryGetValue(source, out var known) ? known : _modules.GetOrAdd(source, key => new(() => new CudaModule(_platform, this, key)))).Value;

    /// <summary>Does something in this GPU's context.</summary>
    public T Within<T>(Func<CudaDriver, T> body)
    {
        _platform.Driver.Push(_context);
        try
        {
            return body(_platform.Driver);
        }
        finally
        {
            _platform.Driver.Pop();
        }
    }

    /// <summary>Queues a kernel on the stream on which libtorch queues work now.</summary>
    public unsafe void Launch<TArguments>(string name, IntPtr function, (long X, int Y) grid, int threads, int sharedBytes, TArguments arguments)
        where TArguments : unmanaged
    {
        _platform.Driver.Push(_context);
        try
        {
            _platform.Driver.Launch(name, function, grid, threads, sharedBytes, Stream, &arguments);
        }
        finally
        {
            _platform.Driver.Pop();
        }
    }

    // where nobody can say, nobody has chosen another than the default one
#if TORCH_SYSTEM
    private IntPtr Stream => TorchSharp.SystemLibtorch.CurrentStream(Index) ?? 0;
#else
    private static IntPtr Stream => 0;
#endif
}
