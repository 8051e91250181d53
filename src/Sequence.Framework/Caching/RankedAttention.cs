using Sequence.Caching;
using Sequence.Kernels.Attention;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// Attention where a key is turned by its place among those that the query sees: another one for each query, so that keys are brought together and turned query
/// by query, in blocks.
/// </summary>
internal static class RankedAttention
{
    // numbers of keys that are brought together at a time
    private const long BlockNumbers = 1 << 22;

    /// <summary>[B, H, T, V].</summary>
    /// <param name="layer">Turns queries and keys.</param>
    /// <param name="q">Not turned, [B, H, T, K].</param>
    /// <param name="k">Not turned, [B, Hkv, N, K].</param>
    /// <param name="v">[B, Hkv, N, V].</param>
    /// <param name="spans">Which keys a query sees.</param>
    /// <param name="inclusive">Whether its own is among them.</param>
    public static Tensor Run(EntryLayer layer, Tensor q, Tensor k, Tensor v, KeySpans spans, bool inclusive)
    {
        var (B, H, T, Hkv, N) = (q.shape[0], q.shape[1], q.shape[2], k.shape[1], k.shape[2]);
        if (N == 0)
            return zeros([B, H, T, v.shape[3]], q.dtype, q.device);
        var blocks = new List<Tensor>();
        for (var begin = 0L; begin < T;)
        {
            var count = Math.Min(T - begin, Math.Max(1, BlockNumbers / (B * Hkv * N * k.shape[3])));
            blocks.Add(Block(layer, q.narrow(2, begin, count), k, v, spans.Mask(N, begin, count, q.device), inclusive));
            begin += count;
        }

        return cat(blocks, 2);
    }

    private static Tensor Block(EntryLayer layer, Tensor q, Tensor k, Tensor v, Tensor mask, bool inclusive)
    {
        var (B, H, T, Hkv, N) = (q.shape[0], q.shape[1], q.shape[2], k.shape[1], k.shape[2]);

        // [B, G, T, N], the keys seen by each query first, in their order
        mask = mask.expand(mask.shape[0] == 1 ? B : mask.shape[0], 1, T, N);
        mask = mask.reshape(B, mask.shape[0] / B, T, N);
        var seen = mask.sum(-1);
        var most = Math.Max(1, (long)seen.amax().ToDouble());
        var order = mask.logical_not().to(uint8).sort(-1, descending: false, stable: true).Indices.narrow(3, 0, most).expand(B, Hkv, T, most);
        var ranks = arange(most, device: q.device).unsqueeze(0);
        var asking = inclusive ? (seen - 1).clamp_min(0) : seen;

        var keys = layer.Rotate(Picked(k, order).flatten(1, 2), ranks).view(B, Hkv, T, most, k.shape[3]);
        q = layer.Rotate(q, mask.shape[1] == 1 ? asking.squeeze(1) : asking.unsqueeze(2).expand(-1, -1, H / Hkv, -1).flatten(1, 2));
        var scores = q.unflatten(1, Hkv, H / Hkv).transpose(2, 3).matmul(keys.transpose(3, 4)) / Math.Sqrt(q.shape[3]);
        var none = seen.expand(B, Hkv, T).view(B, Hkv, T, 1, 1) == 0;
        var hidden = ranks.view(1, 1, 1, 1, most) >= seen.clamp_min(1).expand(B, Hkv, T).view(B, Hkv, T, 1, 1);
        var weights = scores.masked_fill(hidden, double.NegativeInfinity).softmax(-1).masked_fill(none, 0);
        return weights.matmul(Picked(v, order)).transpose(2, 3).flatten(1, 2);
    }

    /// <summary>Some of the entries for each query: [B, Hkv, N, W], [B, Hkv, T, m] -> [B, Hkv, T, m, W].</summary>
    private static Tensor Picked(Tensor entries, Tensor order)
    {
        var (B, Hkv, T, m, W) = (order.shape[0], order.shape[1], order.shape[2], order.shape[3], entries.shape[3]);
        return entries.gather(2, order.reshape(B, Hkv, T * m, 1).expand(B, Hkv, T * m, W)).view(B, Hkv, T, m, W);
    }
}
