using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>
/// Decays between the tokens of a chunk, from log-decays l [B, n, H, C, K or 1]. Sums are taken in float64: a strong decay makes A large, and what
/// follows it is a small difference of two large sums.
/// </summary>
/// <param name="log">l.</param>
/// <param name="dtype">Element type of the decays.</param>
internal sealed class ChunkDecay(Tensor log, ScalarType dtype)
{
    /// <summary>A_i = l_0 + ... + l_i, [B, n, H, C, K or 1] float64.</summary>
    public Tensor Sums { get; } = log.to(float64).cumsum(-2);

    /// <summary>A_(C-1), [B, n, H, 1, K or 1] float64.</summary>
    public Tensor Total => Sums.narrow(-2, Sums.shape[^2] - 1, 1);

    /// <summary>exp(A_i), [B, n, H, C, K or 1].</summary>
    public Tensor FromStart() => Sums.to(dtype).exp();

    /// <summary>exp(A_(C-1) - A_j), [B, n, H, C, K or 1].</summary>
    public Tensor ToEnd() => (Total - Sums).to(dtype).exp();

    /// <summary>A_(C-1), [B, n, H, K or 1, 1] float64.</summary>
    public Tensor LogWhole() => Total.transpose(-1, -2);

    /// <summary>exp(A_(C-1)), [B, n, H, K or 1, 1].</summary>
    public Tensor Whole() => LogWhole().to(dtype).exp();

    /// <summary>s_ij exp(A_i - A_j) of one decay a head, [B, n, H, C, C], zero where token j does not reach token i.</summary>
    public Tensor Within(Tensor scores, ChunkSegments seen) => DecayedScores.Run(scores, Sums, -Sums, seen);
}
