using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The scan of a selective state space (S6, arXiv 2312.00752): N states a channel, which the channels of a token share their reading and writing of,
/// <code>
/// h_t = e^(dt_t A) h_(t-1) + B_t w_t        h: [B, N, E]; h_(-1) given
/// y_t = C_t . h_t                           y: [B, T, E], the sum over N
/// dt, w: [B, T, E]        A: [N, E]        B, C: [B, T, N]
/// </code>
/// h = 0 before a token where <c>starts</c> [B, T] says so; a padded position is dt = 0, w = 0.
/// </summary>
public static class SelectiveScan
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "selective-scan", "diagonal scan over all states",
        KernelForm.OnBoth("fused selective scan", [CudaSelective.Plain.Program, CudaSelective.Gated.Program], ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>The meaning: one token after the other.</summary>
    /// <returns>y [B, T, E] and the last h [B, N, E].</returns>
    public static (Tensor Y, Tensor Last) Fold(Tensor dt, Tensor A, Tensor w, Tensor B, Tensor C, Tensor initial, Tensor? starts = null)
    {
        var h = initial;
        var steps = new List<Tensor>();
        for (var t = 0L; t < dt.shape[1]; t++)
        {
            if (starts is not null)
                h = h.masked_fill(starts.select(1, t).view(-1, 1, 1), 0);
            h = (dt.select(1, t).unsqueeze(1) * A).exp() * h + B.select(1, t).unsqueeze(2) * w.select(1, t).unsqueeze(1);
            steps.Add((C.select(1, t).unsqueeze(2) * h).sum([1]));
        }

        return steps.Count == 0 ? (dt.clone(), h.clone()) : (stack(steps, 1), h);
    }
}
