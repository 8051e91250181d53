using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>A complex state.</summary>
/// <param name="Values">[B, N, ...] complex.</param>
public sealed record ComplexState(ComplexTensor Values) : IAffineState<ComplexState>
{
    /// <inheritdoc/>
    public static int TensorCount => 2;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [Values.Re, Values.Im];

    /// <inheritdoc/>
    public static ComplexState From(IReadOnlyList<Tensor> tensors) => new(new ComplexTensor(tensors[0], tensors[1]));

    /// <inheritdoc/>
    public ComplexState Zero() => new(Values.Each(part => zeros_like(part)));

    /// <inheritdoc/>
    public ComplexState Plus(ComplexState other) => new(Values + other.Values);
}
