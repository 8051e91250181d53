using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>
/// Scores inside a chunk under one decay a key channel, P_ij = sum_K q_i exp(A_i - A_j) k_j, by halves. Of a block of 2 h tokens with the last
/// token m of its left half, the right half reads the left as a product of two matrices,
/// <code>
/// X_ij = (exp(A_i - A_m) q_i) . (exp(A_m - A_j) k_j)      i right of m, j not      P = | P_left   0       |
///                                                                                     | X        P_right |
/// </code>
/// and both exponents are sums of log-decays: exp(-A), which overflows, is never taken. O(C log C) exponentials a chunk.
/// </summary>
internal static class ChannelScores
{
    /// <summary>P, [B, n, H, C, C], zero for j after i.</summary>
    /// <param name="q">[B, n, H, C, K] with C a power of two.</param>
    /// <param name="k">[B, n, H, C, K].</param>
    /// <param name="sums">A, [B, n, H, C, K] float64.</param>
    public static Tensor Of(Tensor q, Tensor k, Tensor sums)
    {
        var C = q.shape[3];

        // P of the blocks at hand, [B, n, H, C / h, h, h]
        var scores = (q * k).sum(-1).unsqueeze(-1).unsqueeze(-1);
        for (var h = 1L; h < C; h *= 2)
        {
            var (A_left, A_right) = Halves(sums, h);
            var A_m = A_left.narrow(-2, h - 1, 1);
            var keys = Halves(k, h).Left * (A_m - A_left).to(k.dtype).exp();
            var queries = Halves(q, h).Right * (A_right - A_m).to(q.dtype).exp();
            var across = queries.matmul(keys.transpose(-1, -2));
            var own = scores.unflatten(3, C / (2 * h), 2).unbind(4);
            scores = cat(new[] { cat(new[] { own[0], zeros_like(across) }, -1), cat(new[] { across, own[1] }, -1) }, -2);
        }

        return scores.squeeze(3);
    }

    /// <summary>[B, n, H, C, K] -> twice [B, n, H, C / 2h, h, K]: the halves of each block of 2 h tokens.</summary>
    private static (Tensor Left, Tensor Right) Halves(Tensor x, long h)
    {
        var blocks = x.unflatten(3, x.shape[3] / (2 * h), 2 * h);
        return (blocks.narrow(-2, 0, h), blocks.narrow(-2, h, h));
    }
}
