using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>Real numbers.</summary>
internal readonly record struct RealTensor(Tensor Values) : IElementwise<RealTensor>
{
    /// <inheritdoc/>
    public long[] Shape => Values.shape;

    /// <inheritdoc/>
    public static RealTensor operator +(RealTensor x, RealTensor y) => new(x.Values + y.Values);

    /// <inheritdoc/>
    public static RealTensor operator *(RealTensor x, RealTensor y) => new(x.Values * y.Values);

    /// <inheritdoc/>
    public RealTensor Each(Func<Tensor, Tensor> operation) => new(operation(Values));

    /// <inheritdoc/>
    public IReadOnlyList<RealTensor> Unbind(long dimension) => [.. Values.unbind(dimension).Select(part => new RealTensor(part))];

    /// <inheritdoc/>
    public static RealTensor Join(IReadOnlyList<RealTensor> parts, Func<Tensor[], Tensor> operation) => new(operation([.. parts.Select(part => part.Values)]));
}
