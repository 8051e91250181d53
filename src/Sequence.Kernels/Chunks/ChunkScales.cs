using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>The log scales of a chunked recurrence: units, without gradients, in float64. Where there is nothing to scale they are zero.</summary>
/// <param name="Tokens">m_i, [B, n, H, C, 1].</param>
/// <param name="Before">m before each chunk, [B, n, H, 1, 1]; minus infinity for nothing.</param>
/// <param name="After">m after each chunk, [B, n, H, 1, 1].</param>
/// <param name="Last">m after the last chunk, [B, H, 1, 1]; minus infinity for nothing.</param>
internal sealed record ChunkScales(Tensor Tokens, Tensor Before, Tensor After, Tensor Last)
{
    /// <summary>Its forms. On the CPU the reference, where it is a small part of scans in tensor operations.</summary>
    public static Kernel Kernel { get; } = new(
        "chunk-scales",
        "one chunk after the other in tensor operations",
        new KernelForm("fused scales of chunks", DeviceType.CUDA, ScalarType.Float64) { Programs = [CudaChunkScales.Program] });

    /// <summary>The largest exponent of everything that a token or a state is a sum of: fused on a GPU, else in tensor operations, of which there are some for each chunk.</summary>
    /// <param name="A">Sums of l from the chunk's first token, [B, n, H, C, 1].</param>
    /// <param name="i">Log input gates, [B, n, H, C, 1].</param>
    /// <param name="seen">What reaches what.</param>
    /// <param name="entering">A where the state before the chunk reaches, else minus infinity.</param>
    /// <param name="leaving">A_(C-1) - A_j + i_j where token j reaches the end, else minus infinity.</param>
    /// <param name="carried">A_(C-1) where the state before the chunk reaches its end, else minus infinity, [B, n, H, 1, 1].</param>
    /// <param name="initial">m before the first chunk, [B, H, 1, 1].</param>
    public static ChunkScales Of(Tensor A, Tensor i, ChunkSegments seen, Tensor entering, Tensor leaving, Tensor carried, Tensor initial) =>
        CudaPlatform.Takes(A) && A.numel() > 0 && Kernel.Fuses(DeviceType.CUDA, A.dtype, CudaChunkScales.Refusal(A))
            ? CudaChunkScales.Run(A, i, seen.Begun, entering, leaving, carried, initial)
            : Fold(A, i, seen, entering, leaving, carried, initial);

    /// <summary>The meaning: one chunk after the other.</summary>
    /// <inheritdoc cref="Of"/>
    public static ChunkScales Fold(Tensor A, Tensor i, ChunkSegments seen, Tensor entering, Tensor leaving, Tensor carried, Tensor initial)
    {
        using var constant = no_grad();
        var C = A.shape[^2];
        var written = leaving.amax([3], keepdim: true).unbind(1);
        var kept = carried.unbind(1);
        List<Tensor> before = [initial];
        for (var chunk = 0; chunk < written.Length; chunk++)
            before.Add((kept[chunk] + before[^1]).maximum(written[chunk]));

        var all = stack(before, 1);
        var (first, second) = (all.narrow(1, 0, written.Length), all.narrow(1, 1, written.Length));
        var inside = seen.Within((i - A).transpose(-1, -2).expand(-1, -1, -1, C, -1), double.NegativeInfinity).amax([-1], keepdim: true);
        var tokens = (A + inside).maximum(entering + first);
        return new(LogScaled.Finite(tokens), first, LogScaled.Finite(second), before[^1]);
    }
}
