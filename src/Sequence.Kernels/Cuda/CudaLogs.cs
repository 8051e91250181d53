using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>Logarithms in float64, [B, n, H, X, 1], as kernels take them (<c>Logs</c> of <c>logs.cuh</c>): an axis of one stands for as many as there are elsewhere.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct CudaLogs
{
    private readonly IntPtr _first;
    private readonly long _row, _chunk, _head, _next;

    private CudaLogs(Tensor logs) => (_first, _row, _chunk, _head, _next) = (CudaMemory.Address(logs), Step(logs, 0), Step(logs, 1), Step(logs, 2), Step(logs, 3));

    /// <summary>Of a tensor, which is to be kept alive; none of an empty one.</summary>
    public static CudaLogs Of(Tensor logs) => logs.numel() == 0 ? default : new(logs);

    private static long Step(Tensor logs, int axis) => logs.shape[axis] == 1 ? 0 : logs.stride(axis);
}
