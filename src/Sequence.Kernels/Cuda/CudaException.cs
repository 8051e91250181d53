namespace Sequence.Kernels.Cuda;

/// <summary>A kernel for a GPU did not compile, load or start. The message says which, on what, and what the driver or the compiler said.</summary>
public sealed class CudaException(string message) : InvalidOperationException(message);
