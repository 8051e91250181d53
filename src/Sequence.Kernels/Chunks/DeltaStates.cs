using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>
/// What the chunks of a delta rule write, and the states between them: what a chunk writes depends on the state before it,
/// <code>
/// u_c     = W_c - R_c S_c                     W, u: [B, n, H, C, V]        R: [B, n, H, C, K]
/// S_(c+1) = e_c S_c + L_c^T u_c               L: [B, n, H, C, K]           e: [B, n, H, 1, 1], or 1 for an axis that all share
/// </code>
/// </summary>
internal static class DeltaStates
{
    /// <summary>Its forms. On the CPU the reference, where it is a small part of scans in tensor operations.</summary>
    public static Kernel Kernel { get; } = new(
        "delta-states",
        "one chunk after the other in tensor operations",
        new KernelForm("fused states between chunks of a delta rule", DeviceType.CUDA, ScalarType.Float32, ScalarType.Float64) { Programs = [CudaDeltaStates.Program] });

    /// <summary>The form that is preferred and takes the tensors: fused on a GPU, else tensor operations, of which there are some for each chunk.</summary>
    /// <param name="written">W.</param>
    /// <param name="replaced">R.</param>
    /// <param name="leaving">L.</param>
    /// <param name="carries">e; null where all is left.</param>
    /// <param name="initial">S_0, [B, H, K, V].</param>
    /// <returns>u, S before each chunk, [B, n, H, K, V], and behind the last.</returns>
    public static (Tensor U, Tensor Before, Tensor Last) Run(Tensor written, Tensor replaced, Tensor leaving, Tensor? carries, Tensor initial) =>
        CudaPlatform.Takes(written) && written.numel() > 0 && Kernel.Fuses(DeviceType.CUDA, written.dtype, CudaDeltaStates.Refusal(leaving))
            ? FusedDeltaStates.Run(written, replaced, leaving, carries, initial)
            : Fold(written, replaced, leaving, carries, initial);

    /// <summary>The meaning: one chunk after the other.</summary>
    /// <inheritdoc cref="Run"/>
    public static (Tensor U, Tensor Before, Tensor Last) Fold(Tensor written, Tensor replaced, Tensor leaving, Tensor? carries, Tensor initial)
    {
        var (W, R, L, e) = (written.unbind(1), replaced.unbind(1), leaving.transpose(-1, -2).unbind(1), carries?.unbind(1));
        List<Tensor> before = [], us = [];
        var S = initial;
        for (var chunk = 0; chunk < W.Length; chunk++)
        {
            var u = W[chunk] - R[chunk].matmul(S);
            before.Add(S);
            us.Add(u);
            S = (e is null ? S : e[chunk] * S) + L[chunk].matmul(u);
        }

        return (stack(us, 1), stack(before, 1), S);
    }
}
