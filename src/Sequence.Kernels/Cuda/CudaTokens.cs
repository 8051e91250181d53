using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>A tensor [B, T, D] as kernels take it (<c>Tokens</c> of <c>sequence.cuh</c>): the channels of a token lie side by side, tokens and rows anyhow; one of them may stand for all.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct CudaTokens
{
    private readonly IntPtr _first;
    private readonly long _row, _token;

    private CudaTokens(Tensor tensor) => (_first, _row, _token) = (CudaMemory.Address(tensor), Step(tensor, 0), Step(tensor, 1));

    /// <summary>Of a tensor as <see cref="SideBySide"/> gives it, which is to be kept alive; none of null.</summary>
    public static CudaTokens Of(Tensor? tensor) => tensor is null ? default : new(tensor);

    // an axis of one stands for as many as there are elsewhere
    private static long Step(Tensor tensor, int axis) => tensor.shape[axis] == 1 ? 0 : tensor.stride(axis);
}
