using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>Numbers of one token, [B, 1, H, X], as a kernel takes them: with their strides, so that nothing is copied. An axis of one stands for as many as there are elsewhere.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CudaHeads
{
    public IntPtr First;
    public long Row, Head, Next;

    /// <summary>Of a tensor; of none where there is none.</summary>
    public static CudaHeads Of(Tensor? x) => x is null ? default : new() { First = CudaMemory.Address(x), Row = Step(x, 0), Head = Step(x, 2), Next = Step(x, 3) };

    private static long Step(Tensor x, int axis) => x.shape[axis] == 1 ? 0 : x.stride(axis);
}
