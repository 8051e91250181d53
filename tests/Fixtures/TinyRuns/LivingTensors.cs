using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Fixtures.TinyRuns;

/// <summary>Tensors alive once the garbage of earlier tests has been freed, which would otherwise lower the count in the middle of a test.</summary>
public static class LivingTensors
{
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
