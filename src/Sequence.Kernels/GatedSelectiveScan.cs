using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// A selective scan with what Mamba (arXiv 2312.00752) has around it, elementwise in the channels,
/// <code>
/// dt_t = softplus(s_t + b)                                   s: [B, T, E]; b: [E]
/// h_t  = e^(dt_t A) h_(t-1) + dt_t u_t B_t                   u: [B, T, E]; h: [B, N, E]; h_(-1) given
/// y_t  = (C_t . h_t + D u_t) silu(z_t)                       z: [B, T, E]; D: [E]
/// </code>
/// dt = 0 at padded positions. Its forms are those of <see cref="SelectiveScan"/>.
/// </summary>
public static class GatedSelectiveScan
{
    /// <summary>The meaning, by that of <see cref="SelectiveScan"/>.</summary>
    /// <returns>y [B, T, E] and the last h [B, N, E].</returns>
    public static (Tensor Y, Tensor Last) Fold(GatedSelectiveInputs inputs, Tensor initial)
    {
        var dt = inputs.Dt();
        var (read, last) = SelectiveScan.Fold(dt, inputs.A, dt * inputs.U, inputs.B, inputs.C, initial, inputs.Starts);
        return (inputs.Open(read), last);
    }
}
