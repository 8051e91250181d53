using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>A state that is one tensor: a vector of channels, a channel by state matrix, a matrix a head.</summary>
/// <param name="Values">[B, N, ...].</param>
public sealed record TensorState(Tensor Values) : IAffineState<TensorState>
{
    /// <inheritdoc/>
    public static int TensorCount => 1;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [Values];

    /// <inheritdoc/>
    public static TensorState From(IReadOnlyList<Tensor> tensors) => new(tensors[0]);

    /// <inheritdoc/>
    public TensorState Zero() => new(zeros_like(Values));

    /// <inheritdoc/>
    public TensorState Plus(TensorState other) => new(Values + other.Values);
}
