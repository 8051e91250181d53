using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp;

// Which .NET type holds an element of which dtype.
internal static class Elements
{
    internal static ScalarType? DtypeOf(Type type) =>
        type == typeof(float) ? ScalarType.Float32 :
        type == typeof(double) ? ScalarType.Float64 :
        type == typeof(long) ? ScalarType.Int64 :
        type == typeof(int) ? ScalarType.Int32 :
        type == typeof(short) ? ScalarType.Int16 :
        type == typeof(sbyte) ? ScalarType.Int8 :
        type == typeof(byte) ? ScalarType.Byte :
        type == typeof(bool) ? ScalarType.Bool :
        type == typeof(Half) ? ScalarType.Float16 :
        type == typeof(BFloat16) ? ScalarType.BFloat16 :
        type == typeof(Complex) ? ScalarType.ComplexFloat64 :
        type == typeof((float, float)) ? ScalarType.ComplexFloat32 :
        null;

    internal static void Require<T>(ScalarType dtype) where T : unmanaged
    {
        if (DtypeOf(typeof(T)) != dtype)
            throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
    }

    internal static object Convert(ScalarType dtype, Scalar value) => dtype switch
    {
        ScalarType.Float32 => value.ToSingle(),
        ScalarType.Float64 => value.ToDouble(),
        ScalarType.Int64 => value.ToInt64(),
        ScalarType.Int32 => value.ToInt32(),
        ScalarType.Int16 => value.ToInt16(),
        ScalarType.Int8 => value.ToSByte(),
        ScalarType.Byte => value.ToByte(),
        ScalarType.Bool => value.ToBoolean(),
        ScalarType.Float16 => value.ToHalf(),
        ScalarType.BFloat16 => new BFloat16(value.ToSingle()),
        ScalarType.ComplexFloat32 => value.ToComplexFloat32(),
        ScalarType.ComplexFloat64 => value.ToComplexFloat64(),
        _ => throw new NotSupportedException($"no .NET type holds an element of {dtype}"),
    };

    internal static int Size(ScalarType dtype) => dtype switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool or ScalarType.QInt8 or ScalarType.QUInt8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 or ScalarType.QInt32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new NotSupportedException($"{dtype} is not an element type"),
    };
}
