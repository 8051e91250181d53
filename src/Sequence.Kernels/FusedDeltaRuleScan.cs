using Sequence.Kernels.Outer;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="DeltaRuleScan"/> on the CPU, chunk by chunk in a core's cache: q, k, v and y in float32, float64 or bfloat16, beta, l and S never narrower than
/// float32, each row and head on a thread of its own. The forward pass keeps S before each chunk of 64 tokens; everything else, what is written too, the
/// backward pass computes again. Decays are multiplied, never divided; where e^l is zero, l has no gradient.
/// </summary>
public static class FusedDeltaRuleScan
{
    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor v) => DeltaRuleScan.Kernel.Refusal(v);

    /// <inheritdoc cref="DeltaRuleScan.Run"/>
    public static (Tensor Y, Tensor Last) Run(Tensor q, Tensor k, Tensor v, Tensor beta, Tensor? log = null, Tensor? initial = null, Tensor? starts = null) =>
        OuterFunction.Run(OuterInputs.Of(new(DeltaRuleScan.Kernel.Name), q, k, v, beta, log, initial, starts));
}
