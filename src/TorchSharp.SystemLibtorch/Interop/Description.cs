using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

[Flags]
internal enum TensorFlags
{
    RequiresGrad = 1,
    Contiguous = 2,
    Sparse = 4,
    Conjugated = 8,
    Negated = 16,
    WrappedNumber = 32,
}

// A tensor's metadata in one call; the layout of Description in native/tensor.cpp.
[StructLayout(LayoutKind.Sequential)]
internal struct Description
{
    internal long Count;
    internal long StorageOffset;
    internal int Dtype;
    internal int DeviceType;
    internal int DeviceIndex;
    internal int Rank;
    internal int ElementSize;
    internal TensorFlags Flags;

    internal readonly bool Has(TensorFlags flag) => (Flags & flag) != 0;
}
