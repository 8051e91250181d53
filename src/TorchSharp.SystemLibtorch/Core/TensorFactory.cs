using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

// Tensors from managed memory: by copy, or over the memory itself.
internal static unsafe class TensorFactory
{
    /// <summary>A tensor with a copy of an array's elements in row-major order, then brought to the dtype and the device asked for.</summary>
    internal static Tensor FromArray(Array array, ScalarType? dtype, ReadOnlySpan<long> shape, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(array);
        var own = DtypeOf(array);
        RequireCount(array.LongLength, shape);
        IntPtr created;
        fixed (byte* first = &MemoryMarshal.GetArrayDataReference(array))
        fixed (long* sizes = shape)
            Failure.Check(Native.sequence_tensor_copy_of(first, array.LongLength * Elements.Size(own), sizes, shape.Length, (int)own, &created), "from array");
        return Bring(new Tensor(created), own, dtype, device);
    }

    internal static Tensor FromSpan<T>(ReadOnlySpan<T> elements, ScalarType? dtype, ReadOnlySpan<long> shape, Device? device = null) where T : unmanaged
    {
        var own = Elements.DtypeOf(typeof(T)) ?? throw new NotSupportedException($"no dtype holds a {typeof(T).Name}");
        RequireCount(elements.Length, shape);
        IntPtr created;
        fixed (T* first = elements)
        fixed (long* sizes = shape)
            Failure.Check(Native.sequence_tensor_copy_of(first, elements.Length * (long)Elements.Size(own), sizes, shape.Length, (int)own, &created), "from span");
        return Bring(new Tensor(created), own, dtype, device);
    }

    /// <summary>A CPU tensor over the array's own memory, which stays pinned until the last reference to the tensor's storage is gone.</summary>
    internal static Tensor Over(Array array, ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(array);
        var own = DtypeOf(array);
        RequireCount(array.LongLength, shape);
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        IntPtr created;
        int status;
        fixed (byte* first = &MemoryMarshal.GetArrayDataReference(array))
        fixed (long* sizes = shape)
            status = Native.sequence_tensor_over(first, sizes, shape.Length, (int)own, &Callbacks.Release, GCHandle.ToIntPtr(pin), &created);
        if (status < 0)
            pin.Free();
        Failure.Check(status, "over array");
        return new Tensor(created);
    }

    private static ScalarType DtypeOf(Array array) =>
        Elements.DtypeOf(array.GetType().GetElementType()!) ?? throw new NotSupportedException($"no dtype holds a {array.GetType().GetElementType()!.Name}");

    private static void RequireCount(long count, ReadOnlySpan<long> shape)
    {
        var wanted = 1L;
        foreach (var size in shape)
            wanted = size >= 0 ? checked(wanted * size) : throw new ArgumentException($"a tensor can't have the shape [{string.Join(", ", shape.ToArray())}]", nameof(shape));
        if (wanted != count)
            throw new ArgumentException($"a tensor of shape [{string.Join(", ", shape.ToArray())}] has {wanted} element(s), but {count} were given", nameof(shape));
    }

    private static Tensor Bring(Tensor made, ScalarType own, ScalarType? dtype, Device? device)
    {
        device ??= get_default_device();
        if ((dtype is null || dtype == own) && device.type == DeviceType.CPU)
            return made;
        var brought = Memory.To.Call(made, dtype, Argument.None, device);
        made.Dispose();
        return brought;
    }

    private static class Memory
    {
        internal static readonly Operator To = new("to", "dtype_layout");
    }
}
