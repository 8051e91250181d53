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
    // A_i = l_0 + ... + l_i
    private readonly Tensor _sums = log.to(float64).cumsum(-2);

    /// <summary>A_i, [B, n, H, C, K or 1] float64.</summary>
    public Tensor Sums => _sums;

    /// <summary>A_(C-1), [B, n, H, 1, K or 1] float64.</summary>
    public Tensor Total => _sums.narrow(-2, _sums.shape[^2] - 1, 1);

    /// <summary>exp(A_i), [B, n, H, C, K or 1].</summary>
    public Tensor FromStart() => _sums.to(dtype).exp();

    /// <summary>exp(A_(C-1) - A_j), [B, n, H, C, K or 1].</summary>
    public Tensor ToEnd() => (Total - _sums).to(dtype).exp();

    /// <summary>exp(A_(C-1)), [B, n, H, K or 1, 1].</summary>
    public Tensor Whole() => Total.to(dtype).exp().transpose(-1, -2);

    /// <summary>A_i - A_j of one decay a head, [B, n, H, C, C].</summary>
    public Tensor Between() => Differences(sums => sums, sums => sums.transpose(-1, -2));

    /// <summary>A_i - A_j of one decay a key channel, [B, n, H, C, C, K].</summary>
    public Tensor BetweenChannels() => Differences(sums => sums.unsqueeze(-2), sums => sums.unsqueeze(-3));

    /// <summary>
    /// Differences of pairs, in the narrow type but as exact as in float64: A is a head and a rest, A_i - A_j the sum of their differences. The rest
    /// is a constant of rounding, so the gradient is the head's.
    /// </summary>
    private Tensor Differences(Func<Tensor, Tensor> later, Func<Tensor, Tensor> earlier)
    {
        var head = _sums.to(dtype);
        var differences = later(head) - earlier(head);
        if (dtype == ScalarType.Float64)
            return differences;

        using var constant = no_grad();
        var rest = (_sums - head.to(float64)).to(dtype);
        return differences.add_(later(rest) - earlier(rest));
    }
}
