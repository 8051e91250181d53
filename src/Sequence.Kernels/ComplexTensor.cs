using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// A complex tensor as a pair of real ones of the same shape. Pairs rather than complex element types: they run at the speed of real
/// arithmetic on every device, and a gradient is again a pair.
/// </summary>
/// <param name="Re">Real part.</param>
/// <param name="Im">Imaginary part.</param>
public readonly record struct ComplexTensor(Tensor Re, Tensor Im) : IElementwise<ComplexTensor>
{
    /// <summary>r e^(i theta), elementwise.</summary>
    public static ComplexTensor Polar(Tensor r, Tensor theta) => new(r * theta.cos(), r * theta.sin());

    /// <summary>Zeros of a shape.</summary>
    public static ComplexTensor Zeros(long[] shape, ScalarType dtype, Device device) =>
        new(zeros(shape, dtype, device), zeros(shape, dtype, device));

    /// <summary>x + y, elementwise.</summary>
    public static ComplexTensor operator +(ComplexTensor x, ComplexTensor y) => x.Add(y);

    /// <summary>x y, elementwise.</summary>
    public static ComplexTensor operator *(ComplexTensor x, ComplexTensor y) => x.Multiply(y);

    /// <summary>The sum with <paramref name="other"/>, elementwise.</summary>
    public ComplexTensor Add(ComplexTensor other) => new(Re + other.Re, Im + other.Im);

    /// <summary>The product with <paramref name="other"/>, elementwise.</summary>
    public ComplexTensor Multiply(ComplexTensor other) => new(Re * other.Re - Im * other.Im, Re * other.Im + Im * other.Re);

    /// <summary>The same operation on both parts: a slice, a mask by zero, a reshape.</summary>
    public ComplexTensor Each(Func<Tensor, Tensor> operation) => new(operation(Re), operation(Im));

    /// <inheritdoc/>
    long[] IElementwise<ComplexTensor>.Shape => Re.shape;

    /// <inheritdoc/>
    IReadOnlyList<ComplexTensor> IElementwise<ComplexTensor>.Unbind(long dimension) =>
        [.. Re.unbind(dimension).Zip(Im.unbind(dimension), (re, im) => new ComplexTensor(re, im))];

    /// <summary>An operation that joins tensors, such as a stack, on the parts of several.</summary>
    public static ComplexTensor Join(IReadOnlyList<ComplexTensor> parts, Func<Tensor[], Tensor> operation) =>
        new(operation([.. parts.Select(part => part.Re)]), operation([.. parts.Select(part => part.Im)]));
}
