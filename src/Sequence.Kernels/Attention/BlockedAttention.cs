using static TorchSharp.torch;

namespace Sequence.Kernels.Attention;

/// <summary>
/// <see cref="SoftmaxAttention"/> with a mask, in tensor operations on blocks of queries: what is held is [B, H, a block, N]. The backward pass computes the
/// weights again:
/// <code>
/// P = softmax(q k^T / sqrt(K))        G = P (dy v^T - sum_s P (dy v^T))
/// grad v = P^T dy        grad q = G k / sqrt(K)        grad k = G^T q / sqrt(K)
/// </code>
/// </summary>
public sealed class BlockedAttention : autograd.SingleTensorFunction<BlockedAttention>
{
    // scores of one row and head in a block
    private const long BlockScores = 1 << 18;

    /// <inheritdoc/>
    public override string Name => nameof(BlockedAttention);

    /// <inheritdoc cref="SoftmaxAttention.Run"/>
    public static Tensor Run(Tensor q, Tensor k, Tensor v, KeySpans spans)
    {
        (k, v) = SoftmaxAttention.Held(q, k, v, spans);
        return apply(q, k, v, spans);
    }

    /// <summary>The weights of queries by keys in blocks: where a block begins, and P [B, Hkv, group, block, N], zero where nothing is seen.</summary>
    /// <param name="q">[B, H, T, K].</param>
    /// <param name="k">[B, Hkv, N, K].</param>
    /// <param name="spans">Which keys a query sees.</param>
    /// <param name="each">Gets each block.</param>
    /// <param name="from">The first of the queries.</param>
    internal static void Weights(Tensor q, Tensor k, KeySpans spans, Action<long, Tensor> each, long from = 0)
    {
        var (T, N) = (q.shape[2], k.shape[2]);
        var block = Math.Clamp(BlockScores / Math.Max(1, N), 1, T);
        for (var begin = from; begin < T; begin += block)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(block, T - begin);
            var scores = Grouped(q.narrow(2, begin, count), k).matmul(k.unsqueeze(2).transpose(3, 4)) / Math.Sqrt(q.shape[3]);
            var hidden = spans.Mask(N, begin, count, q.device).unsqueeze(2).logical_not();
            var largest = scores.masked_fill_(hidden, double.NegativeInfinity).amax([-1], keepdim: true);
            var weights = (scores - largest.masked_fill(largest == double.NegativeInfinity, 0)).exp_();
            var sums = weights.sum(-1, keepdim: true);
            each(begin, weights / sums.masked_fill(sums == 0, 1));
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (q, k, v, spans) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (KeySpans)vars[3]);
        var y = empty([q.shape[0], q.shape[1], q.shape[2], v.shape[3]], q.dtype, q.device);
        Weights(q, k, spans, (begin, P) => y.narrow(2, begin, P.shape[3]).copy_(P.matmul(v.unsqueeze(2)).flatten(1, 2)));
        ctx.save_data(nameof(spans), spans);
        ctx.save_for_backward([q, k, v, .. spans.Tensors]);
        return y;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(BlockedAttention), $"{nameof(SoftmaxAttention)}.{nameof(SoftmaxAttention.Plain)}");
        var saved = ctx.get_saved_variables();
        var (q, k, v) = (saved[0], saved[1], saved[2]);
        var (dq, dk, dv) = (empty_like(q), zeros_like(k), zeros_like(v));
        Weights(q, k, ((KeySpans)ctx.get_data("spans")).Over([.. saved.Skip(3)]), (begin, P) =>
        {
            var count = P.shape[3];
            var dy = Grouped(grad_output.narrow(2, begin, count), k);
            var G = dy.matmul(v.unsqueeze(2).transpose(3, 4));
            G = P * (G - (P * G).sum(-1, keepdim: true)) / Math.Sqrt(q.shape[3]);
            dv.add_(P.transpose(3, 4).matmul(dy).sum(2));
            dk.add_(G.transpose(3, 4).matmul(Grouped(q.narrow(2, begin, count), k)).sum(2));
            dq.narrow(2, begin, count).copy_(G.matmul(k.unsqueeze(2)).flatten(1, 2));
        });
        return [dq, dk, dv, null!];
    }

    /// <summary>[B, H, T, K] -> [B, Hkv, group, T, K].</summary>
    private static Tensor Grouped(Tensor heads, Tensor keys) =>
        heads.unflatten(1, keys.shape[1], heads.shape[1] / keys.shape[1]);
}
