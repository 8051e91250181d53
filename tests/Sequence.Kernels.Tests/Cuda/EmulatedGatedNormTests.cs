namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws of the kernel for a GPU.</summary>
public sealed class EmulatedGatedNormTests : GatedNormTests
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    protected override void Dispose(bool disposing)
    {
        _gpu.Dispose();
        base.Dispose(disposing);
    }
}
