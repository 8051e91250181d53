using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>A file in CUDA C++ with the macros of one use of it, for each element type of inputs; compiled for a GPU when it is first asked for there.</summary>
/// <param name="file">Such as "diagonal_scan.cu".</param>
/// <param name="definitions">Macros for an element type, such as <c>INPUT="log_decays.cuh"</c>.</param>
internal sealed class CudaProgram(string file, Func<ScalarType, IEnumerable<string>> definitions)
{
    private readonly ConcurrentDictionary<ScalarType, CudaSource> _sources = new();
    private readonly ConcurrentDictionary<ScalarType, string> _refusals = new();

    /// <summary>The source for an element type.</summary>
    public CudaSource Source(ScalarType element) => _sources.GetOrAdd(element, key => CudaSource.Of(file, key, definitions(key)));

    /// <summary>Compiled for the GPU and the element type of a tensor.</summary>
    /// <exception cref="CudaException">It does not compile or load.</exception>
    public CudaModule On(Tensor tensor) => CudaPlatform.Gpu(tensor).Module(Source(tensor.dtype));

    /// <summary>Why it cannot run for an element type on the first GPU; null where it can. To be asked where <see cref="CudaPlatform.Missing"/> is null.</summary>
    public string? Refusal(ScalarType element)
    {
        var refusal = _refusals.GetOrAdd(element, key =>
        {
            try
            {
                CudaPlatform.Gpu(0).Module(Source(key));
                return "";
            }
            catch (CudaException failure)
            {
                return failure.Message;
            }
        });
        return refusal.Length == 0 ? null : refusal;
    }
}
