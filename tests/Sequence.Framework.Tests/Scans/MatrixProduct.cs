using Sequence.Kernels.Affine;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>Matrices, later ones on the left: associative, not commutative.</summary>
public sealed class MatrixProduct : IAggregationOperator<TensorState>
{
    public Algebra Algebra => Algebra.Associative;

    public TensorState Identity(TensorState like) => new(eye(like.Values.shape[^1], dtype: like.Values.dtype).expand(like.Values.shape));

    public TensorState Aggregate(TensorState earlier, TensorState later) => new(later.Values.matmul(earlier.Values));
}
