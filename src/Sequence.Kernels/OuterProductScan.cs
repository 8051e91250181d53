using System.Numerics;
using Sequence.Kernels.Chunks;
using Sequence.Kernels.Outer;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The recurrence of linear attention and its kin: a matrix a head that forgets and takes in outer products,
/// <code>
/// S_t = diag(exp(l_t)) S_(t-1) + k_t v_t^T        S: [B, H, K, V]; S_(-1) zero where not given
/// y_t = S_t^T q_t                                 y: [B, T, H, V]
/// q, k: [B, T, H, K]      v: [B, T, H, V]      l: [B, T, H, K], one decay a key channel; [B, T, H, 1], one a head; or none
/// </code>
/// in forms that compute the same function and the same gradients. q and k may have one head, [B, T, 1, K], that all heads share. l is at most 0 where an
/// input should fade, and finite; a document starts with S = 0 where <c>starts</c> [B, T] says so; a padded position is l = 0, k = 0.
/// </summary>
public static class OuterProductScan
{
    /// <summary>The form that <see cref="Chunked"/> is, in words.</summary>
    public const string Form = "matrix form in chunks, in tensor operations";

    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "outer-product-scan", Form, new KernelForm("fused outer-product scan in chunks", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    private const int ChunkSize = 64;

    /// <summary>
    /// The form that is preferred and takes the tensors: fused on the CPU, and on a GPU for one token without gradients; tensor operations elsewhere and, on the CPU where
    /// nothing is demanded, for one token.
    /// </summary>
    /// <returns>y [B, T, H, V] in the element type of v and the last S [B, H, K, V], never narrower than float32.</returns>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static (Tensor Y, Tensor Last) Run(Tensor q, Tensor k, Tensor v, Tensor? log = null, Tensor? initial = null, Tensor? starts = null)
    {
        var x = OuterInputs.Of(new(Kernel.Name), q, k, v, log, initial, starts);
        if (OuterStep.Fuses(x))
            return OuterStep.Run(x);
        if (Kernel.Fuses(v, FusedOuterProductScan.Refusal(v), x.OneStep))
            return OuterFunction.Run(x);
        using var exact = MixedPrecision.Exact(v.device_type);
        x = x.InStates();
        var (y, last) = Chunked(x.Q, x.K, x.V, x.Log, x.Initial, x.Starts);
        return (y.to(v.dtype), last);
    }

    /// <summary>The meaning: one token after the other.</summary>
    /// <returns>y [B, T, H, V] and the last S [B, H, K, V].</returns>
    public static (Tensor Y, Tensor Last) Fold(Tensor q, Tensor k, Tensor v, Tensor? log = null, Tensor? initial = null, Tensor? starts = null)
    {
        var S = initial ?? Zero(k, v);
        var steps = new List<Tensor>();
        var (qs, ks, vs, logs, begins) = (q.unbind(1), k.unbind(1), v.unbind(1), log?.unbind(1), starts?.unbind(1));
        for (var t = 0; t < vs.Length; t++)
        {
            S = Next(S, ks[t], vs[t], logs?[t], begins?[t]);
            steps.Add(Read(S, qs[t]));
        }

        return steps.Count == 0 ? (v.clone(), S.clone()) : (stack(steps, 1), S);
    }

    /// <summary>
    /// The matrix form, in tensor operations on any device: inside a chunk of C tokens the sum over earlier tokens is a C x C matrix, and only what
    /// leaves a chunk is a state. With A_i the sum of l from the chunk's first token to i,
    /// <code>
    /// P_ij    = sum_K q_i exp(A_i - A_j) k_j for j at most i, else 0                              [B, n, H, C, C]
    /// y_i     = sum_j P_ij v_j + (exp(A_i) q_i)^T S_before                                        [B, n, H, C, V]
    /// S_after = diag(exp(A_(C-1))) S_before + sum_j (exp(A_(C-1) - A_j) k_j) v_j^T                [B, n, H, K, V]
    /// </code>
    /// Chunks are 64 tokens. No exponent is above the l that it sums, so nothing overflows however strong the decay is: for a decay a head exp(A_i - A_j) is
    /// a matrix of its own, for one a key channel P is made of safe products by halves. One token is one step.
    /// </summary>
    /// <returns>y [B, T, H, V] and the last S [B, H, K, V].</returns>
    public static (Tensor Y, Tensor Last) Chunked(Tensor q, Tensor k, Tensor v, Tensor? log = null, Tensor? initial = null, Tensor? starts = null)
    {
        var T = v.shape[1];
        if (T == 0)
            return Fold(q, k, v, log, initial, starts);
        if (T == 1)
            return Step(q, k, v, log, initial, starts);
        if (T > Spans.Length)
            return BySpans(q, k, v, log, initial, starts);

        var channels = log is not null && log.shape[3] > 1;
        var grid = new ChunkGrid(T, Math.Min(ChunkSize, channels ? (long)BitOperations.RoundUpToPowerOf2((ulong)T) : T));
        var seen = new ChunkSegments(grid, starts, v.device);
        var decay = log is null ? null : new ChunkDecay(grid.Split(log), v.dtype);
        var (qs, ks) = (grid.Split(q), grid.Split(k));

        var scores = (decay, channels) switch
        {
            (null, _) => seen.Within(qs.matmul(ks.transpose(-1, -2)), 0),
            (_, false) => decay.Within(qs.matmul(ks.transpose(-1, -2)), seen),
            (_, true) => seen.Within(ChannelScores.Of(qs, ks, decay.Sums), 0),
        };
        var chunks = new ChunkProducts(
            scores,
            seen.Entering(decay is null ? qs : qs * decay.FromStart()),
            seen.Leaving(decay is null ? ks : ks * decay.ToEnd()),
            seen.Carrying(decay?.LogWhole(), ks, double.NegativeInfinity, all: 0));
        return chunks.Run(grid, v, initial ?? Zero(k, v));
    }

    private static (Tensor Y, Tensor Last) BySpans(Tensor q, Tensor k, Tensor v, Tensor? log, Tensor? initial, Tensor? starts)
    {
        var S = initial ?? Zero(k, v);
        List<Tensor> y = [];
        foreach (var span in Spans.Of(q, k, v, log, starts))
        {
            using var scope = NewDisposeScope();
            (var outputs, S) = Chunked(span[0]!, span[1]!, span[2]!, span[3], S, span[4]);
            y.Add(outputs.MoveToOuterDisposeScope());
            S.MoveToOuterDisposeScope();
        }

        return (cat(y, 1), S);
    }

    private static (Tensor Y, Tensor Last) Step(Tensor q, Tensor k, Tensor v, Tensor? log, Tensor? initial, Tensor? starts)
    {
        var S = k.squeeze(1).unsqueeze(-1) * v.squeeze(1).unsqueeze(-2);
        if (initial is not null)
            S = Next(initial, k.squeeze(1), v.squeeze(1), log?.squeeze(1), starts?.squeeze(1));
        return (Read(S, q.squeeze(1)).unsqueeze(1), S);
    }

    /// <summary>One step: S [B, H, K, V], k [B, H, K], v [B, H, V], l [B, H, K or 1], starts [B].</summary>
    private static Tensor Next(Tensor S, Tensor k, Tensor v, Tensor? log, Tensor? starts)
    {
        if (log is not null)
            S = log.exp().unsqueeze(-1) * S;
        if (starts is not null)
            S = S.masked_fill(starts.view(-1, 1, 1, 1), 0);
        return S + k.unsqueeze(-1) * v.unsqueeze(-2);
    }

    /// <summary>S^T q: [B, H, K, V] and [B, H, K] -> [B, H, V].</summary>
    private static Tensor Read(Tensor S, Tensor q) => q.unsqueeze(-2).matmul(S).squeeze(-2);

    private static Tensor Zero(Tensor k, Tensor v) => zeros(v.shape[0], v.shape[2], k.shape[3], v.shape[3], v.dtype, v.device);
}
