using Sequence.Kernels.Tests.Losses;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws of the kernels for a GPU.</summary>
public sealed class EmulatedCrossEntropyTests : CrossEntropyTests
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    protected override void Dispose(bool disposing)
    {
        _gpu.Dispose();
        base.Dispose(disposing);
    }
}
