using static TorchSharp.torch;

namespace Sequence.Kernels.Attention;

/// <summary>What keys got of the weights of <see cref="SoftmaxAttention"/>, computed again in blocks of queries, without gradients.</summary>
public static class AttentionMass
{
    /// <summary>Weights of each key, summed over queries and over the query heads that share it: [B, Hkv, N] float32.</summary>
    /// <param name="q">[B, H, T, K].</param>
    /// <param name="k">[B, Hkv, N, K].</param>
    /// <param name="spans">Which keys a query sees.</param>
    /// <param name="lengths">Real queries of each row; null where all are.</param>
    /// <param name="last">How many of the last real queries of each row count; null for all.</param>
    public static Tensor Run(Tensor q, Tensor k, KeySpans spans, IReadOnlyList<long>? lengths = null, long? last = null)
    {
        using var gradients = no_grad();
        var (B, T, Hkv, N) = (q.shape[0], q.shape[2], k.shape[1], k.shape[2]);
        var mass = zeros([B, Hkv, N], float32, q.device);
        if (N == 0)
            return mass;

        using var scope = NewDisposeScope();
        long[] ends = [.. lengths ?? Enumerable.Repeat(T, (int)B)];
        long[] begins = [.. ends.Select(end => last is { } count ? Math.Max(0, end - count) : 0)];
        var (q2, k2, rows) = spans.KeyHeads > 1 ? (SoftmaxAttention.Folded(q, k), SoftmaxAttention.Folded(k, k), spans.AsRows()) : (q, k, spans);
        BlockedAttention.Weights(q2, k2, rows, (begin, P) =>
        {
            var t = arange(begin, begin + P.shape[3], device: q.device).unsqueeze(0);
            var counted = (t >= Column(begins)).logical_and(t < Column(ends)).view(B, 1, 1, -1, 1);
            mass.add_(P.view(B, Hkv, -1, P.shape[3], N).masked_fill(counted.logical_not(), 0).to(float32).sum([2, 3]));
        }, begins.Min());
        return mass;

        Tensor Column(long[] values) => tensor(values, device: q.device).unsqueeze(1);
    }
}
