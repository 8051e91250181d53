using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Attention;

/// <summary>
/// Softmax attention (arXiv 1706.03762) over spans of keys, multi-head or grouped-query (arXiv 2305.13245):
/// <code>
/// y_t = sum_s softmax_s(q_t . k_s / sqrt(K)) v_s        q, y: [B, H, T, K]        k, v: [B, Hkv, N, K], H a multiple of Hkv
/// </code>
/// s over the keys that t sees.
/// </summary>
public static class SoftmaxAttention
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "softmax-attention",
        $"scaled_dot_product_attention of libtorch {__version__}{(__version__.StartsWith("1.", StringComparison.Ordinal) ? ": materialises T x T" : "")}",
        new KernelForm("tiled attention", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>The form that is preferred and takes the inputs.</summary>
    /// <param name="q">[B, H, T, K].</param>
    /// <param name="k">[B, Hkv, N, K].</param>
    /// <param name="v">[B, Hkv, N, K].</param>
    /// <param name="spans">Which keys a query sees.</param>
    /// <param name="dropout">Of the weights.</param>
    /// <exception cref="ArgumentException">A shape is not what the others say.</exception>
    public static Tensor Run(Tensor q, Tensor k, Tensor v, KeySpans spans, double dropout = 0) =>
        Kernel.Fuses(q, TiledAttention.Refusal(q, k, v, dropout)) ? TiledAttention.Run(q, k, v, spans) : Plain(q, k, v, spans, dropout);

    /// <summary>The meaning, in tensor operations that may hold [B, H, T, N].</summary>
    public static Tensor Plain(Tensor q, Tensor k, Tensor v, KeySpans spans, double dropout = 0)
    {
        (k, v) = Held(q, k, v, spans);
        return nn.functional.scaled_dot_product_attention(q, Share(k, q.shape[1]), Share(v, q.shape[1]), spans.Mask(k.shape[2]), dropout, is_casual: spans.IsCausal);
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
    private static Tensor Share(Tensor shared, long heads)
    {
        var (B, Hkv, N, K) = (shared.shape[0], shared.shape[1], shared.shape[2], shared.shape[3]);
        return heads == Hkv ? shared : shared.unsqueeze(2).expand(B, Hkv, heads / Hkv, N, K).reshape(B, heads, N, K);
    }
}
