using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Attention;

/// <summary>
/// Softmax attention (arXiv 1706.03762) over spans of keys, multi-head or grouped-query (arXiv 2305.13245):
/// <code>
/// y_t = sum_s softmax_s(q_t . k_s / sqrt(K)) v_s        q: [B, H, T, K]    k: [B, Hkv, N, K]    v: [B, Hkv, N, V]    y: [B, H, T, V]    H a multiple of Hkv
/// </code>
/// s over the keys that t sees; where there are none, y_t is zero.
/// </summary>
public static class SoftmaxAttention
{
    private static readonly KernelForm Tiled = new("tiled attention", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16);

    /// <summary>Its forms, of causal queries and of those that see all.</summary>
    public static Kernel Kernel { get; } = new(
        "softmax-attention", "attention with its scores in memory, in tensor operations", Tiled,
        new KernelForm($"scaled_dot_product_attention of libtorch {__version__}", DeviceType.CUDA, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>Its forms, of queries that see some of the keys.</summary>
    public static Kernel MaskedKernel { get; } = new("masked-attention", "attention in blocks of queries, in tensor operations", Tiled);

    /// <summary>The form that is preferred and takes the inputs.</summary>
    /// <param name="q">[B, H, T, K].</param>
    /// <param name="k">[B, Hkv, N, K].</param>
    /// <param name="v">[B, Hkv, N, V].</param>
    /// <param name="spans">Which keys a query sees.</param>
    /// <param name="dropout">Of the weights.</param>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static Tensor Run(Tensor q, Tensor k, Tensor v, KeySpans spans, double dropout = 0)
    {
        if (spans.KeyHeads > 1)
            return Unfolded(Run(Folded(q, k), Folded(k, k), Folded(v, k), spans.AsRows(), dropout), q);
        if (k.shape[2] == 0)
            return zeros([q.shape[0], q.shape[1], q.shape[2], v.shape[3]], q.dtype, q.device);

        var blocks = spans.NeedsMask && dropout == 0;
        if (!(blocks ? MaskedKernel : Kernel).Fuses(q, Refusal(q, k, v, spans, dropout)))
            return blocks ? BlockedAttention.Run(q, k, v, spans) : Plain(q, k, v, spans, dropout);
        return q.device_type == DeviceType.CPU ? TiledAttention.Run(q, k, v, spans) : OfLibrary(q, k, v, spans, dropout);
    }

    /// <summary>The meaning, in tensor operations that hold [B, H, T, N].</summary>
    public static Tensor Plain(Tensor q, Tensor k, Tensor v, KeySpans spans, double dropout = 0)
    {
        if (spans.KeyHeads > 1)
            return Unfolded(Plain(Folded(q, k), Folded(k, k), Folded(v, k), spans.AsRows(), dropout), q);
        (k, v) = Held(q, k, v, spans);
        (k, v) = (Share(k, q.shape[1]), Share(v, q.shape[1]));
        var scores = (q / Math.Sqrt(q.shape[3])).matmul(k.transpose(2, 3));
        return nn.functional.dropout(Weights(scores, spans), dropout, dropout > 0).matmul(v);
    }

    /// <summary>As libtorch has it: on a GPU, from 2.0 on, without scores in memory.</summary>
    internal static Tensor OfLibrary(Tensor q, Tensor k, Tensor v, KeySpans spans, double dropout)
    {
        (k, v) = Held(q, k, v, spans);
        return nn.functional.scaled_dot_product_attention(q, Share(k, q.shape[1]), Share(v, q.shape[1]), null, dropout, is_casual: spans.IsCausal);
    }

    /// <summary>k and v held against q and each other, spread over rows that share them.</summary>
    internal static (Tensor K, Tensor V) Held(Tensor q, Tensor k, Tensor v, KeySpans spans)
    {
        var shapes = new Shapes(Kernel.Name);
        shapes.Is(q, "B H T K");
        (k, v) = (shapes.Spread(k, "B Hkv N K"), shapes.Spread(v, "B Hkv N V"));
        var (H, Hkv) = (shapes["H"], shapes["Hkv"]);
        if (Hkv == 0 || H % Hkv != 0)
            throw new ArgumentException($"{Kernel.Name} takes H query heads that are a multiple of Hkv key heads, here {H} and {Hkv}.", nameof(k));
        spans.Hold(shapes);
        return (k, v);
    }

    /// <summary>Key-value heads repeated for the query heads that share them: [B, Hkv, N, K] -> [B, H, N, K].</summary>
    internal static Tensor Share(Tensor shared, long heads)
    {
        var (B, Hkv, N, K) = (shared.shape[0], shared.shape[1], shared.shape[2], shared.shape[3]);
        return heads == Hkv ? shared : shared.unsqueeze(2).expand(B, Hkv, heads / Hkv, N, K).reshape(B, heads, N, K);
    }

    /// <summary>A row for each key head, with the heads that share it: [B, H, T, K] -> [B Hkv, H / Hkv, T, K].</summary>
    internal static Tensor Folded(Tensor heads, Tensor keys) =>
        heads.reshape(keys.shape[0] * keys.shape[1], heads.shape[1] / keys.shape[1], heads.shape[2], heads.shape[3]);

    private static Tensor Weights(Tensor scores, KeySpans spans)
    {
        var (T, N) = (scores.shape[2], scores.shape[3]);
        if (spans.IsCausal)
            return scores.masked_fill(spans.Mask(N, 0, T, scores.device).logical_not(), double.NegativeInfinity).softmax(-1);
        if (spans.Mask(N) is not { } mask)
            return scores.softmax(-1);

        // a softmax of nothing: of anything, and then none of it
        var none = mask.any(-1, keepdim: true).logical_not();
        return scores.masked_fill(mask.logical_or(none).logical_not(), double.NegativeInfinity).softmax(-1).masked_fill(none, 0);
    }

    private static string? Refusal(Tensor q, Tensor k, Tensor v, KeySpans spans, double dropout)
    {
        if (q.device_type == DeviceType.CPU)
            return TiledAttention.Refusal(q, k, v, dropout);
        return spans.NeedsMask ? "dropout of attention weights under a mask" : null;
    }

    private static Tensor Unfolded(Tensor y, Tensor like) => y.reshape(like.shape[0], like.shape[1], like.shape[2], y.shape[3]);
}
