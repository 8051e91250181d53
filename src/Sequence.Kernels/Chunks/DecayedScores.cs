using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>
/// Scores inside chunks under one decay a head, whose logarithms are float64 and of which only differences are of any size:
/// <code>
/// P_ij = s_ij exp(r_i + c_j) where token j reaches token i, else 0        P: [B, n, H, C, C]
/// s: [B, n, H or 1, C, C]        r, c: [B, n, H, C, 1] float64, c minus infinity for what is not to be read
/// </code>
/// With the sums A of log-decays r = A and c = -A; no exponent that is taken is above the log-decays that it sums.
/// </summary>
internal static class DecayedScores
{
    /// <summary>Its forms. On the CPU the reference, where it is a small part of scans in tensor operations.</summary>
    public static Kernel Kernel { get; } = new(
        "decayed-scores",
        "a matrix of decays in tensor operations",
        new KernelForm("fused decayed scores", DeviceType.CUDA, ScalarType.Float32, ScalarType.Float64) { Programs = CudaDecayedScores.Programs });

    /// <summary>The form that is preferred and takes the tensors: fused on a GPU, else tensor operations.</summary>
    /// <param name="scores">s, in float32 or float64.</param>
    /// <param name="rows">r.</param>
    /// <param name="columns">c.</param>
    /// <param name="seen">Which token reaches which.</param>
    public static Tensor Run(Tensor scores, Tensor rows, Tensor columns, ChunkSegments seen) =>
        CudaPlatform.Takes(scores) && Kernel.Fuses(DeviceType.CUDA, scores.dtype, FusedDecayedScores.Refusal(scores))
            ? FusedDecayedScores.Run(scores, rows, columns, seen)
            : Plain(scores, rows, columns, seen);

    /// <summary>The meaning, in tensor operations on any device.</summary>
    /// <inheritdoc cref="Run"/>
    public static Tensor Plain(Tensor scores, Tensor rows, Tensor columns, ChunkSegments seen) =>
        scores * seen.Within((rows + columns.transpose(-1, -2)).to(scores.dtype), double.NegativeInfinity).exp();
}
