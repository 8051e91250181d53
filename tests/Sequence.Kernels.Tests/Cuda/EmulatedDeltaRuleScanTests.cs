namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The same laws, with decayed scores and the states between chunks from the kernels for a GPU.</summary>
public sealed class EmulatedDeltaRuleScanTests : DeltaRuleScanTests
{
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    protected override void Dispose(bool disposing)
    {
        _gpu.Dispose();
        base.Dispose(disposing);
    }
}
