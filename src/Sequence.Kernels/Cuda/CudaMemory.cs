#if TORCH_SYSTEM
using TorchSharp;
#endif
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>Where tensors on a GPU lie.</summary>
internal static class CudaMemory
{
    /// <summary>The address of the first element on its device; zero where there is none. Good while the tensor lives.</summary>
    public static IntPtr Address(Tensor? tensor)
    {
        if (tensor is null || tensor.numel() == 0)
            return 0;
#if TORCH_SYSTEM
        return SystemLibtorch.Address(tensor);
#else
        throw new CudaException("The TorchSharp packages tell no address of a tensor on a GPU.");
#endif
    }
}
