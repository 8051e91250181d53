using Sequence.Kernels.Attention;
using Sequence.Kernels.Chunks;
using Sequence.Kernels.Losses;
using Sequence.Kernels.Normalization;
using Sequence.Kernels.Optim;
using Sequence.Kernels.Outer;
using Sequence.Kernels.Steps;

namespace Sequence.Kernels.Registry;

/// <summary>Every kernel there is, in the order they are shown in.</summary>
public static class KernelRegistry
{
    /// <summary>The kernels.</summary>
    public static IReadOnlyList<Kernel> All { get; } =
    [
        DiagonalScan.Kernel,
        ComplexDiagonalScan.Kernel,
        SelectiveScan.Kernel,
        CausalConvolution.Kernel,
        OuterProductScan.Kernel,
        DeltaRuleScan.Kernel,
        OuterStep.Kernel,
        ChunkStates.Kernel,
        DecayedScores.Kernel,
        ChunkScales.Kernel,
        DeltaStates.Kernel,
        GatedNorm.Kernel,
        SoftmaxAttention.Kernel,
        SoftmaxAttention.MaskedKernel,
        CrossEntropy.Kernel,
        LinearCrossEntropy.Kernel,
        FusedAdamW.Kernel,
        StepKernel.Kernel,
    ];
}
