using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// A real diagonal recurrence between what was and what comes (minGRU, arXiv 2410.01201),
/// <code>
/// p_t = sigmoid(k_t)                                k, x: z [B, T, 2 D]
/// h_t = (1 - p_t) h_(t-1) + p_t g(x_t)              h: [B, T, D]; h_(-1): [B, D] given
/// </code>
/// with g(x) = x, or positive: x + 1/2 from 0 on and sigmoid(x) below. h = 0 before a token where <c>starts</c> [B, T] says so; nothing happens at one where
/// <c>padding</c> [B, T] does. Its forms are those of <see cref="DiagonalScan"/>.
/// </summary>
public static class GatedDiagonalScan
{
    /// <summary>The logarithms of the decays l = log(1 - p) and the inputs b = p g(x), [B, T, D]: l = -infinity where a document begins, l = 0 and b = 0 where nothing happens.</summary>
    public static (Tensor Log, Tensor Input) Factors(Tensor z, bool isPositive, Tensor? starts = null, Tensor? padding = null)
    {
        var parts = z.chunk(2, -1);
        var (k, x) = (parts[0], parts[1]);
        // log(1 - sigmoid(k)) = log sigmoid(-k)
        var l = nn.functional.logsigmoid(-k);
        var b = k.sigmoid() * (isPositive ? where(x >= 0, x + 0.5, x.sigmoid()) : x);
        if (starts?.unsqueeze(2) is { } start)
            l = l.masked_fill(start, double.NegativeInfinity);
        if (padding?.unsqueeze(2) is { } padded)
            (l, b) = (l.masked_fill(padded, 0), b.masked_fill(padded, 0));
        return (l, b);
    }

    /// <summary>The meaning: one token after the other.</summary>
    /// <returns>h and the last h, [B, D].</returns>
    public static (Tensor H, Tensor Last) Fold(Tensor z, Tensor initial, bool isPositive, Tensor? starts = null, Tensor? padding = null)
    {
        var (l, b) = Factors(z, isPositive, starts, padding);
        var h = DiagonalScan.Fold(l, b, initial);
        return (h, z.shape[1] == 0 ? initial.clone() : h.select(1, -1));
    }
}
