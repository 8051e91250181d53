using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>
/// The states between chunks, of what each chunk writes and of how much of the state before is left after it:
/// <code>
/// S_(c+1) = exp(l_c) S_c + U_c        S_0 given; c = 0 ... n - 1
/// U: [B, n, H, K, V]        l: [B, n, H, K, 1], or 1 for an axis that all share; minus infinity for nothing left        S_c: [B, H, K, V]
/// </code>
/// </summary>
internal static class ChunkStates
{
    /// <summary>Its forms. On the CPU the reference, where it is a small part of scans in tensor operations.</summary>
    public static Kernel Kernel { get; } = new(
        "chunk-states",
        "one chunk after the other in tensor operations",
        new KernelForm("fused states between chunks", DeviceType.CUDA, ScalarType.Float32, ScalarType.Float64) { Programs = CudaChunkStates.Programs });

    /// <summary>The form that is preferred and takes the tensors: fused on a GPU, else tensor operations, of which there are some for each chunk.</summary>
    /// <param name="written">U, in float32 or float64.</param>
    /// <param name="log">l; null for all that is left.</param>
    /// <param name="initial">S_0.</param>
    /// <returns>S before each chunk, [B, n, H, K, V], and behind the last.</returns>
    public static (Tensor Before, Tensor Last) Run(Tensor written, Tensor? log, Tensor initial) =>
        CudaPlatform.Takes(written) && Kernel.Fuses(DeviceType.CUDA, written.dtype) ? FusedChunkStates.Run(written, log, initial) : Fold(written, log, initial);

    /// <summary>The meaning: one chunk after the other.</summary>
    /// <inheritdoc cref="Run"/>
    public static (Tensor Before, Tensor Last) Fold(Tensor written, Tensor? log, Tensor initial)
    {
        var carries = log?.to(written.dtype).exp().unbind(1);
        var each = written.unbind(1);
        List<Tensor> before = [];
        var S = initial;
        for (var chunk = 0; chunk < each.Length; chunk++)
        {
            before.Add(S);
            S = (carries is null ? S : (carries.Length == 1 ? carries[0] : carries[chunk]) * S) + each[chunk];
        }

        return (stack(before, 1), S);
    }
}
