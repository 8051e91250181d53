using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

// Tensors from .NET arrays. tensor(...) copies; from_array, frombuffer and as_tensor pin the caller's array for as long as the tensor lives.
public static partial class torch
{
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        RefuseNames(names);
        ScalarType type = TypeOf(rawArray.GetType().GetElementType()!);
        return Placed(Tensor.Over(rawArray, Sizes(rawArray), type), dtype, device, requires_grad);
    }

    /// <summary>A one-dimensional tensor over <paramref name="count"/> elements of an array, from element <paramref name="offset"/> on; a count of -1 means the rest.</summary>
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        long rest = rawArray.LongLength - offset;
        long length = count < 0 ? rest : count;
        if (length > rest || rest < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(count), $"{length} elements from element {offset} on do not fit into an array of {rawArray.LongLength}.");
        }

        Tensor whole = Tensor.Over(rawArray, [rawArray.LongLength], TypeOf(rawArray.GetType().GetElementType()!));
        return Placed(whole.narrow(0, offset, length), dtype, null, requires_grad);
    }

    private static Tensor Sharing<T>(T[] values, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return Placed(Tensor.Over(values, shape, TypeOf(typeof(T))), dtype, device, false);
    }

    private static Tensor FromArray<T>(T[] values, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        RefuseNames(names);
        return Placed(Tensor.CopyOf<T>(values, shape, TypeOf(typeof(T))), dtype, device, requires_grad);
    }

    private static Tensor FromRectangle<T>(Array values, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        RefuseNames(names);
        ReadOnlySpan<T> elements = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);
        return Placed(Tensor.CopyOf(elements, Sizes(values), TypeOf(typeof(T))), dtype, device, requires_grad);
    }

    private static Tensor Placed(Tensor made, ScalarType? dtype, Device? device, bool requires_grad)
    {
        Device place = InitializeDevice(device);
        bool stays = (dtype is null || dtype == made.dtype) && place.type == made.device_type;
        return Tracked(stays ? made : made.to(dtype ?? made.dtype, place, disposeAfter: true), requires_grad);
    }

    private static long[] Sizes(Array array)
    {
        long[] sizes = new long[array.Rank];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = array.GetLongLength(i);
        }

        return sizes;
    }

    private static ScalarType TypeOf(Type element) => element switch
    {
        _ when element == typeof(float) => ScalarType.Float32,
        _ when element == typeof(double) => ScalarType.Float64,
        _ when element == typeof(long) => ScalarType.Int64,
        _ when element == typeof(int) => ScalarType.Int32,
        _ when element == typeof(short) => ScalarType.Int16,
        _ when element == typeof(sbyte) => ScalarType.Int8,
        _ when element == typeof(byte) => ScalarType.Byte,
        _ when element == typeof(bool) => ScalarType.Bool,
        _ when element == typeof(Half) => ScalarType.Float16,
        _ when element == typeof((float, float)) => ScalarType.ComplexFloat32,
        _ when element == typeof(Complex) => ScalarType.ComplexFloat64,
        _ => throw new NotSupportedException($"No tensor holds elements of the type {element}: float, double, long, int, short, sbyte, byte, bool, Half, (float, float) and Complex are known."),
    };

    private static void RefuseNames(string[]? names)
    {
        if (names is not null)
        {
            throw new NotSupportedException("Named dimensions are not supported; leave names out.");
        }
    }
}
