using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// A complex diagonal recurrence between rotation, which keeps what was, and measurement, which takes what comes (MIPT-SSM, arXiv 2604.07716),
/// <code>
/// p_t = sigmoid(k_t)                                          k, theta, Re u, Im u: z [B, T, 4 D]
/// h_t = (1 - p_t) e^(i theta_t) h_(t-1) + p_t u_t             h: [B, T, D] complex; h_(-1): [B, D] given
/// </code>
/// h = 0 before a token where <c>starts</c> [B, T] says so; nothing happens at one where <c>padding</c> [B, T] does. Its forms are those of
/// <see cref="ComplexDiagonalScan"/>.
/// </summary>
public static class RotationScan
{
    /// <summary>The factors a = (1 - p) e^(i theta) and the inputs b = p u, [B, T, D] complex: a = 0 where a document begins, a = 1 and b = 0 where nothing happens.</summary>
    public static (ComplexTensor A, ComplexTensor B) Factors(Tensor z, Tensor? starts = null, Tensor? padding = null)
    {
        var parts = z.chunk(4, -1);
        var p = parts[0].sigmoid();
        var (a, b) = (ComplexTensor.Polar((-parts[0]).sigmoid(), parts[1]), new ComplexTensor(p * parts[2], p * parts[3]));
        if (starts?.unsqueeze(2) is { } start)
            a = a.Each(part => part.masked_fill(start, 0));
        if (padding?.unsqueeze(2) is { } padded)
        {
            a = new(a.Re.masked_fill(padded, 1), a.Im.masked_fill(padded, 0));
            b = b.Each(part => part.masked_fill(padded, 0));
        }

        return (a, b);
    }

    /// <summary>The meaning: one token after the other.</summary>
    /// <returns>h and the last h, [B, D].</returns>
    public static (ComplexTensor H, ComplexTensor Last) Fold(Tensor z, ComplexTensor initial, Tensor? starts = null, Tensor? padding = null)
    {
        var (a, b) = Factors(z, starts, padding);
        var h = ComplexDiagonalScan.Fold(a, b, initial);
        return (h, z.shape[1] == 0 ? initial.Each(part => part.clone()) : h.Each(part => part.select(1, -1)));
    }
}
