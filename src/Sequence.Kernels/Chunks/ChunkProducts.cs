using Sequence.Kernels.Cuda;
using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>The parts of a chunked outer-product recurrence, whatever its decays are, and how they make outputs and states.</summary>
/// <param name="Scores">P: what token i reads of token j, [B, n, H, C, C].</param>
/// <param name="Queries">What reads the state before the chunk, [B, n, H, C, K].</param>
/// <param name="Keys">What writes into the state after it, [B, n, H, C, K].</param>
/// <param name="LogCarry">The logarithm of what is kept of the state before, [B, n, H, K or 1, 1]; null for all.</param>
internal sealed record ChunkProducts(Tensor Scores, Tensor Queries, Tensor Keys, Tensor? LogCarry)
{
    /// <summary>Inside of all chunks at once, then one chunk after the other on their summaries.</summary>
    /// <param name="grid">The chunks.</param>
    /// <param name="v">[B, T, H, V].</param>
    /// <param name="initial">S before the first token, [B, H, K, V].</param>
    /// <returns>y [B, T, H, V] and the last S [B, H, K, V].</returns>
    public (Tensor Y, Tensor Last) Run(ChunkGrid grid, Tensor v, Tensor initial)
    {
        var values = grid.Split(v);
        var (before, last) = States(Keys.transpose(-1, -2).matmul(values), initial);
        return (grid.Merge(Scores.matmul(values) + Queries.matmul(before)), last);
    }

    /// <summary>S before each chunk, [B, n, H, K, V], and behind the last, of what each chunk writes. On a GPU the diagonal scan over chunks that it is: each step alone would be two launches.</summary>
    private (Tensor Before, Tensor Last) States(Tensor written, Tensor initial)
    {
        var n = written.shape[1];
        if (CudaPlatform.Takes(written) && DiagonalScan.Kernel.Fuses(written))
        {
            var after = FusedDiagonalScan.Run(LogCarry ?? zeros([1, 1, 1, 1, 1], written.dtype, written.device), written, initial);
            return (cat(new[] { initial.to(written.dtype).unsqueeze(1), after.narrow(1, 0, n - 1) }, 1), after.select(1, n - 1));
        }

        var carries = LogCarry?.to(written.dtype).exp().unbind(1);
        var each = written.unbind(1);
        List<Tensor> before = [];
        var S = initial;
        for (var chunk = 0; chunk < each.Length; chunk++)
        {
            before.Add(S);
            S = (carries is null ? S : carries[chunk] * S) + each[chunk];
        }

        return (stack(before, 1), S);
    }
}
