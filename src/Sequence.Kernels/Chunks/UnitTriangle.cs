using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>The inverse of I + L with L strictly lower triangular, by halves: of a block of 2 h rows whose halves are inverted,
/// <code>
/// | A 0 |^-1     | A^-1             0    |
/// | B D |     =  | -D^-1 B A^-1     D^-1 |
/// </code>
/// so that no power of L is taken, which would be large where keys are alike.
/// </summary>
internal static class UnitTriangle
{
    /// <summary>[..., C, C] -> [..., C, C], C a power of two.</summary>
    public static Tensor Inverse(Tensor L)
    {
        var C = L.shape[^1];

        // inverses of the blocks at hand, [..., C / h, h, h]
        var inverses = ones_like(L.narrow(-1, 0, 1)).unsqueeze(-1);
        for (var h = 1L; h < C; h *= 2)
        {
            // the blocks left of the diagonal ones: rows of the right halves, columns of the left
            var rows = L.unflatten(-2, C / (2 * h), 2 * h).narrow(-2, h, h).unflatten(-1, C / (2 * h), 2 * h).narrow(-1, 0, h);
            var B = rows.diagonal(dim1: -4, dim2: -2).movedim([-1], [-3]);
            var own = inverses.unflatten(-3, C / (2 * h), 2).unbind(-3);
            var across = -own[1].matmul(B).matmul(own[0]);
            inverses = cat(new[] { cat(new[] { own[0], zeros_like(across) }, -1), cat(new[] { across, own[1] }, -1) }, -2);
        }

        return inverses.squeeze(-3);
    }
}
