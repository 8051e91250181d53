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
        var (before, last) = ChunkStates.Run(Keys.transpose(-1, -2).matmul(values), LogCarry, initial);
        return (grid.Merge(Scores.matmul(values) + Queries.matmul(before)), last);
    }
}
