using TorchSharp;
#if !TORCH_SYSTEM
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
#endif
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>Where tensors on the CPU lie.</summary>
internal static unsafe class Memory
{
    /// <summary>
    /// The address of the first element; good while the tensor lives, so follow the work on it by <see cref="GC.KeepAlive"/>. Of any size: unlike a span,
    /// an address does not end at 2 GiB. Null where there is no element.
    /// </summary>
    /// <param name="tensor">On the CPU.</param>
    /// <exception cref="ArgumentException">It is not: to read it there would end the process.</exception>
    public static T* Of<T>(Tensor tensor)
        where T : unmanaged
    {
        if (tensor.device_type != DeviceType.CPU)
            throw new ArgumentException($"A kernel of the CPU was given a tensor on {tensor.device_type}.", nameof(tensor));
        if (tensor.numel() == 0)
            return null;
#if TORCH_SYSTEM
        return (T*)SystemLibtorch.Address(tensor);
#else
        using var first = tensor.as_strided([1], [1], tensor.storage_offset());
        return (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
#endif
    }
}
