namespace TorchSharp;

// Tensors from .NET arrays. tensor(...) copies; from_array, frombuffer and as_tensor pin the caller's array for as long as the tensor lives.
public static partial class torch
{
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        RefuseNames(names);
        return Placed(TensorFactory.Over(rawArray, Sizes(rawArray)), dtype, device, requires_grad);
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

        Tensor whole = TensorFactory.Over(rawArray, [rawArray.LongLength]);
        return Placed(whole.narrow(0, offset, length), dtype, CPU, requires_grad);
    }

    private static Tensor Sharing(Array values, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device) => Placed(TensorFactory.Over(values, shape), dtype, device, false);

    private static Tensor FromArray<T>(T[] values, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        RefuseNames(names);
        return Tracked(TensorFactory.FromArray(values, dtype, shape, device), requires_grad);
    }

    private static Tensor FromRectangle(Array values, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        ArgumentNullException.ThrowIfNull(values);
        RefuseNames(names);
        return Tracked(TensorFactory.FromArray(values, dtype, Sizes(values), device), requires_grad);
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

    private static void RefuseNames(string[]? names)
    {
        if (names is not null)
        {
            throw new NotSupportedException("Named dimensions are not supported; leave names out.");
        }
    }
}
