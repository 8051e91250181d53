using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>
/// A matrix a head: E |> S = M S with S [B, N, ..., K, V]. The delta rule is M = I - beta k k^T.
/// </summary>
/// <param name="Matrices">M, [B, N, ..., K, K].</param>
public sealed record MatrixTransition(Tensor Matrices) : ITransition<MatrixTransition, TensorState>
{
    /// <inheritdoc/>
    public static int TensorCount => 1;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [Matrices];

    /// <inheritdoc/>
    public static MatrixTransition From(IReadOnlyList<Tensor> tensors) => new(tensors[0]);

    /// <inheritdoc/>
    public MatrixTransition Identity() => new(eye(Matrices.shape[^1], dtype: Matrices.dtype, device: Matrices.device).expand(Matrices.shape));

    /// <inheritdoc/>
    public MatrixTransition After(MatrixTransition earlier) => new(Matrices.matmul(earlier.Matrices));

    /// <inheritdoc/>
    public TensorState Act(TensorState state) => new(Matrices.matmul(state.Values));
}
