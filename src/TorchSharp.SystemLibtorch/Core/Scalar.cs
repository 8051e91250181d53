using System.Globalization;
using System.Numerics;

namespace TorchSharp;

internal enum ScalarKind
{
    Int,
    Float,
    Bool,
    Complex,
}

/// <summary>A number that an operator takes where tensors of any element type fit.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ScalarKind kind, long integer, double number, double imaginary = 0)
    {
        Kind = kind;
        Integer = integer;
        Number = number;
        Imaginary = imaginary;
    }

    internal ScalarKind Kind { get; }
    internal long Integer { get; }
    internal double Number { get; }
    internal double Imaginary { get; }

    /// <summary>The dtype that a tensor of this number alone would have.</summary>
    public torch.ScalarType Type => Kind switch
    {
        ScalarKind.Int => torch.ScalarType.Int64,
        ScalarKind.Bool => torch.ScalarType.Bool,
        ScalarKind.Complex => torch.ScalarType.ComplexFloat64,
        _ => torch.ScalarType.Float64,
    };

    public static implicit operator Scalar(byte value) => Of((long)value);
    public static implicit operator Scalar(sbyte value) => Of((long)value);
    public static implicit operator Scalar(short value) => Of((long)value);
    public static implicit operator Scalar(int value) => Of((long)value);
    public static implicit operator Scalar(long value) => Of(value);
    public static implicit operator Scalar(float value) => Of((double)value);
    public static implicit operator Scalar(double value) => Of(value);
    public static implicit operator Scalar(Half value) => Of((double)value);
    public static implicit operator Scalar(BFloat16 value) => Of((double)value.ToSingle());
    public static implicit operator Scalar(bool value) => new(ScalarKind.Bool, value ? 1 : 0, value ? 1 : 0);
    public static implicit operator Scalar(Complex value) => new(ScalarKind.Complex, (long)value.Real, value.Real, value.Imaginary);
    public static implicit operator Scalar((float Real, float Imaginary) value) => new Complex(value.Real, value.Imaginary);

    /// <summary>Does nothing: the number lives in managed memory. TorchSharp's scalars are disposable, so this one is too.</summary>
    public void Dispose() { }

    public override string ToString() => Kind switch
    {
        ScalarKind.Int => Integer.ToString(CultureInfo.InvariantCulture),
        ScalarKind.Bool => Integer != 0 ? "true" : "false",
        ScalarKind.Complex => new Complex(Number, Imaginary).ToString(CultureInfo.InvariantCulture),
        _ => Number.ToString(CultureInfo.InvariantCulture),
    };

    private static Scalar Of(long value) => new(ScalarKind.Int, value, value);

    private static Scalar Of(double value) => new(ScalarKind.Float, double.IsFinite(value) ? (long)Math.Clamp(value, long.MinValue, 9.2e18) : 0, value);
}
