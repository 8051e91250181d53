using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>Tensors whose last axis lies side by side in memory, whatever the others do: what a kernel reads in place.</summary>
internal static class SideBySide
{
    /// <summary>The tensor, or a copy where its last axis is spread.</summary>
    public static Tensor Of(Tensor tensor) => tensor.stride((int)tensor.dim() - 1) == 1 ? tensor : tensor.contiguous();
}
