using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>Rotation and forgetting, elementwise: E |> s = a s with a complex.</summary>
/// <param name="Factor">a, [B, N, ...] complex.</param>
public sealed record ComplexDecay(ComplexTensor Factor) : ITransition<ComplexDecay, ComplexState>
{
    /// <inheritdoc/>
    public static int TensorCount => 2;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [Factor.Re, Factor.Im];

    /// <inheritdoc/>
    public static ComplexDecay From(IReadOnlyList<Tensor> tensors) => new(new ComplexTensor(tensors[0], tensors[1]));

    /// <inheritdoc/>
    public ComplexDecay Identity() => new(new ComplexTensor(ones_like(Factor.Re), zeros_like(Factor.Im)));

    /// <inheritdoc/>
    public ComplexDecay After(ComplexDecay earlier) => new(Factor * earlier.Factor);

    /// <inheritdoc/>
    public ComplexState Act(ComplexState state) => new(Factor * state.Values);
}
