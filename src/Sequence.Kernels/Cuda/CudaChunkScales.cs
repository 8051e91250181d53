using System.Runtime.InteropServices;
using Sequence.Kernels.Chunks;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary><see cref="ChunkScales"/> on a GPU (<c>chunk_scales.cu</c>) in one launch: a warp a head walks over its chunks.</summary>
internal static class CudaChunkScales
{
    // a lane has two tokens of a chunk
    private const int Lanes = 32, Most = 2 * Lanes;

    /// <summary>What it is compiled from; for float64.</summary>
    public static CudaProgram Program { get; } = new("chunk_scales.cu", _ => []);

    /// <summary>Why it does not take chunks; null where it does.</summary>
    public static string? Refusal(Tensor A) => A.shape[3] <= Most ? null : $"chunks of more than {Most} tokens";

    /// <inheritdoc cref="ChunkScales.Of"/>
    /// <param name="begun">Starts of the chunk up to each token, [B, n, C]; null where there are none.</param>
    public static ChunkScales Run(Tensor A, Tensor i, Tensor? begun, Tensor entering, Tensor leaving, Tensor carried, Tensor initial)
    {
        using var constant = no_grad();
        var (B, n, H, C) = (A.shape[0], A.shape[1], A.shape[2], A.shape[3]);
        Tensor Empty(params long[] shape) => empty(shape, float64, A.device);
        var (tokens, before, after, last) = (Empty(B, n, H, C, 1), Empty(B, n, H, 1, 1), Empty(B, n, H, 1, 1), Empty(B, H, 1, 1));
        var (starts, first) = (begun?.contiguous(), initial.contiguous());
        Program.On(A).Launch("scales", (B * H, 1), Lanes, new Arguments
        {
            A = CudaLogs.Of(A), I = CudaLogs.Of(i), Entering = CudaLogs.Of(entering), Leaving = CudaLogs.Of(leaving), Carried = CudaLogs.Of(carried),
            Begun = CudaMemory.Address(starts), Initial = CudaMemory.Address(first), Tokens = CudaMemory.Address(tokens), Before = CudaMemory.Address(before),
            After = CudaMemory.Address(after), Last = CudaMemory.Address(last), Chunks = (int)n, Heads = (int)H, Size = (int)C,
        });
        GC.KeepAlive((A, i, starts, entering, leaving, carried, first));
        return new(tokens, before, after, last);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public CudaLogs A, I, Entering, Leaving, Carried;
        public IntPtr Begun, Initial, Tokens, Before, After, Last;
        public int Chunks, Heads, Size;
    }
}
