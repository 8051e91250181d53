using Sequence.Kernels.Outer;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="OuterProductScan"/> on the CPU, chunk by chunk in a core's cache: q, k, v and y in float32, float64 or bfloat16, l and S never narrower than
/// float32, each row and head on a thread of its own. The forward pass keeps S before each chunk of 64 tokens; everything else the backward pass
/// computes again. Decays are multiplied, never divided, so that any l is safe, minus infinity too; where e^l is zero, l has no gradient.
/// </summary>
public static class FusedOuterProductScan
{
    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor v) => OuterProductScan.Kernel.Refusal(v);

    /// <inheritdoc cref="OuterProductScan.Run"/>
    public static (Tensor Y, Tensor Last) Run(Tensor q, Tensor k, Tensor v, Tensor? log = null, Tensor? initial = null, Tensor? starts = null) =>
        OuterFunction.Run(OuterInputs.Of(new(OuterProductScan.Kernel.Name), q, k, v, log, initial, starts));
}
