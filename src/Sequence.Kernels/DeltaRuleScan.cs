using System.Numerics;
using Sequence.Kernels.Chunks;
using Sequence.Kernels.Outer;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The delta rule (arXiv 2406.06484; with a decay arXiv 2412.06464): a matrix a head that holds for every key the value last written there,
/// <code>
/// u_t = beta_t (v_t - e^(l_t) S_(t-1)^T k_t)          what is written: the new value less the one that is there
/// S_t = e^(l_t) S_(t-1) + k_t u_t^T                   S: [B, H, K, V]; S_(-1) zero where not given
/// y_t = S_t^T q_t                                     y: [B, T, H, V]
/// q, k: [B, T, H, K]      v: [B, T, H, V]      beta, l: [B, T, H, 1]
/// </code>
/// that is S_t = e^(l_t) (I - beta_t k_t k_t^T) S_(t-1) + beta_t k_t v_t^T: stable where beta |k|^2 is between 0 and 2. l is finite, and none for no decay.
/// A document starts with S = 0 where <c>starts</c> [B, T] says so; a padded position is l = 0, beta = 0.
/// </summary>
public static class DeltaRuleScan
{
    private const int ChunkSize = 64;

    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "delta-rule-scan", "WY form in chunks, in tensor operations",
        new KernelForm("fused delta rule in chunks", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>
    /// The form that is preferred and takes the tensors: fused on the CPU, and on a GPU for one token without gradients; tensor operations elsewhere and, on the CPU where
    /// nothing is demanded, for one token.
    /// </summary>
    /// <returns>y [B, T, H, V] in the element type of v and the last S [B, H, K, V], never narrower than float32.</returns>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (Tensor Y, Tensor Last) Run(Tensor q, Tensor k, Tensor v, Tensor beta, Tensor? log = null, Tensor? initial = null, Tensor? starts = null)
    {
        var x = OuterInputs.Of(new(Kernel.Name), q, k, v, beta, log, initial, starts);
        if (OuterStep.Fuses(x))
            return OuterStep.Run(x);
        if (Kernel.Fuses(v, FusedDeltaRuleScan.Refusal(v), x.OneStep))
            return OuterFunction.Run(x);
        using var exact = MixedPrecision.Exact(v.device_type);
        x = x.InStates();
        var (y, last) = Chunked(x.Q, x.K, x.V, x.Beta!, x.Log, x.Initial, x.Starts);
        return (y.to(v.dtype), last);
    }

    /// <summary>The meaning: one token after the other.</summary>
    /// <returns>y [B, T, H, V] and the last S [B, H, K, V].</returns>
    public static (Tensor Y, Tensor Last) Fold(Tensor q, Tensor k, Tensor v, Tensor beta, Tensor? log = null, Tensor? initial = null, Tensor? starts = null)
    {
        var S = initial ?? Zero(k, v);
        List<Tensor> y = [];
        for (var t = 0L; t < v.shape[1]; t++)
        {
            if (log is not null)
                S = log.select(1, t).exp().unsqueeze(-1) * S;
            if (starts is not null)
                S = S.masked_fill(starts.select(1, t).view(-1, 1, 1, 1), 0);
            var k_t = k.select(1, t);
            var u = beta.select(1, t) * (v.select(1, t) - Read(S, k_t));
            S = S + k_t.unsqueeze(-1) * u.unsqueeze(-2);
            y.Add(Read(S, q.select(1, t)));
        }

        return y.Count == 0 ? (v.clone(), S.clone()) : (stack(y, 1), S);
    }

    /// <summary>
    /// The WY form, in tensor operations on any device: what the tokens of a chunk write is found for all of them at once. With A_i the sum of l from the
    /// chunk's first token to i,
    /// <code>
    /// L_ij  = beta_i exp(A_i - A_j) k_i . k_j for j before i, else 0                               [B, n, H, C, C]
    /// u     = (I + L)^-1 (beta v) - (I + L)^-1 (beta exp(A) k) S_before                            [B, n, H, C, V]
    /// </code>
    /// and y and S_after are those of <see cref="OuterProductScan.Chunked"/> with u in the place of v. One token is one step.
    /// </summary>
    /// <returns>y [B, T, H, V] and the last S [B, H, K, V].</returns>
    public static (Tensor Y, Tensor Last) Chunked(Tensor q, Tensor k, Tensor v, Tensor beta, Tensor? log = null, Tensor? initial = null, Tensor? starts = null)
    {
        var T = v.shape[1];
        if (T <= 1)
            return Fold(q, k, v, beta, log, initial, starts);

        var grid = new ChunkGrid(T, Math.Min(ChunkSize, (long)BitOperations.RoundUpToPowerOf2((ulong)T)));
        var seen = new ChunkSegments(grid, starts, v.device);
        var decay = log is null ? null : new ChunkDecay(grid.Split(log), v.dtype);
        var (qs, ks, vs, betas) = (grid.Split(q), grid.Split(k), grid.Split(v), grid.Split(beta));
        Tensor Weighed(Tensor scores) => decay is null ? seen.Within(scores, 0) : decay.Within(scores, seen);
        Tensor Entering(Tensor x) => seen.Entering(decay is null ? x : x * decay.FromStart());

        var keys = ks.transpose(-1, -2);
        var solve = UnitTriangle.Inverse(betas * Weighed(ks.matmul(keys)).tril(-1));
        var (us, before, last) = DeltaStates.Run(
            solve.matmul(betas * vs),
            solve.matmul(betas * Entering(ks)),
            seen.Leaving(decay is null ? ks : ks * decay.ToEnd()),
            seen.Carrying(decay?.Whole(), ks),
            initial ?? Zero(k, v));
        return (grid.Merge(Weighed(qs.matmul(keys)).matmul(us) + Entering(qs).matmul(before)), last);
    }

    /// <summary>S^T q: [B, H, K, V] and [B, H, K] -> [B, H, V].</summary>
    private static Tensor Read(Tensor S, Tensor q) => q.unsqueeze(-2).matmul(S).squeeze(-2);

    private static Tensor Zero(Tensor k, Tensor v) => zeros(v.shape[0], v.shape[2], k.shape[3], v.shape[3], v.dtype, v.device);
}
