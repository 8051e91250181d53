using System.Numerics;
using Sequence.Kernels.Lanes;
using TorchSharp;
using static TorchSharp.torch;
using BFloat16 = Sequence.Kernels.Lanes.BFloat16;

namespace Sequence.Kernels.Attention;

/// <summary>
/// <see cref="SoftmaxAttention"/> on the CPU without ever holding [T, N]: tiles of 64 queries by 64 keys, an online softmax (arXiv 1805.02867, 2205.14135), and
/// none of the tiles that no query sees. Memory is linear in T and N. The backward pass computes the weights again from the logarithm L of each query's sum:
/// <code>
/// P_ts = e^(q_t . k_s / sqrt(K) - L_t)        G_ts = P_ts (dy_t . v_s - dy_t . y_t)
/// grad v_s = sum_t P_ts dy_t        grad q_t = sum_s G_ts k_s / sqrt(K)        grad k_s = sum_t G_ts q_t / sqrt(K)
/// </code>
/// Threads share tiles of queries forward, and key heads backward: what is computed does not depend on how many there are. A few queries alone, as in decoding,
/// take no tiles, which would be mostly empty: <see cref="FewQueries{T, TStored}"/>.
/// </summary>
public sealed class TiledAttention : autograd.SingleTensorFunction<TiledAttention>
{
    /// <inheritdoc/>
    public override string Name => nameof(TiledAttention);

    /// <summary>Why this form does not take inputs, their device and element type aside; null where it does.</summary>
    public static string? Refusal(Tensor q, Tensor k, Tensor v, double dropout = 0)
    {
        if (dropout > 0)
            return "dropout of attention weights, of which none are held";
        if (k.dtype != q.dtype || v.dtype != q.dtype)
            return $"queries of {q.dtype}, keys of {k.dtype} and values of {v.dtype}";
        return q.numel() == 0 || k.numel() == 0 || v.numel() == 0 ? "there is nothing to attend to" : null;
    }

    /// <inheritdoc cref="SoftmaxAttention.Run"/>
    public static Tensor Run(Tensor q, Tensor k, Tensor v, KeySpans spans)
    {
        (k, v) = SoftmaxAttention.Held(q, k, v, spans);
        SoftmaxAttention.Kernel.Demand(q, q.device_type == DeviceType.CPU ? Refusal(q, k, v) : "tiles are for the CPU");
        if (is_grad_enabled() && (q.requires_grad || k.requires_grad || v.requires_grad))
            return apply(q, k, v, spans).transpose(1, 2);
        using var scope = NewDisposeScope();
        return Forward(SideBySide.Of(q), SideBySide.Of(k), SideBySide.Of(v), spans).Tensors[3].transpose(1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>y as [B, T, H, V], which is how heads are joined.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (tensors, bounds) = Forward(SideBySide.Of((Tensor)vars[0]), SideBySide.Of((Tensor)vars[1]), SideBySide.Of((Tensor)vars[2]), (KeySpans)vars[3]);
        ctx.save_data(nameof(bounds), bounds);
        ctx.save_for_backward(tensors);
        return tensors[3];
    }

    /// <summary>q, k, v, y as [B, T, H, V], the logarithms of sums; and the keys that each query sees.</summary>
    private static (List<Tensor> Tensors, QuerySpans Bounds) Forward(Tensor q, Tensor k, Tensor v, KeySpans spans)
    {
        var sizes = SizesOf(q, k, v);
        var bounds = spans.Bounds(sizes.Rows, sizes.Queries, sizes.Keys);
        var y = empty([sizes.Rows, sizes.Queries, sizes.Heads, sizes.ValueWidth], q.dtype, q.device);
        var logSum = empty([sizes.Rows, sizes.Heads, sizes.Queries], StateElement.Of(q.dtype), q.device);
        List<Tensor> tensors = [q, k, v, y, logSum];
        switch (q.dtype)
        {
            case ScalarType.Float64: Forward<double, Float64>(sizes, tensors, bounds); break;
            case ScalarType.BFloat16: Forward<float, BFloat16>(sizes, tensors, bounds); break;
            default: Forward<float, Float32>(sizes, tensors, bounds); break;
        }

        return (tensors, bounds);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        SecondDerivative.Refuse(nameof(TiledAttention), $"{nameof(SoftmaxAttention)}.{nameof(SoftmaxAttention.Plain)}");
        var saved = ctx.get_saved_variables();
        var bounds = (QuerySpans)ctx.get_data("bounds");
        var (q, k, v) = (saved[0], saved[1], saved[2]);
        var sizes = SizesOf(q, k, v);
        var element = StateElement.Of(q.dtype);
        List<Tensor> gradients = [empty(q.shape, q.dtype, q.device), zeros(k.shape, element, q.device), zeros(v.shape, element, q.device)];
        var dy = SideBySide.Of(grad_output);
        switch (q.dtype)
        {
            case ScalarType.Float64: Backward<double, Float64>(sizes, saved, dy, gradients, bounds); break;
            case ScalarType.BFloat16: Backward<float, BFloat16>(sizes, saved, dy, gradients, bounds); break;
            default: Backward<float, Float32>(sizes, saved, dy, gradients, bounds); break;
        }

        return [gradients[0], gradients[1].to(q.dtype), gradients[2].to(q.dtype), null!];
    }

    private static AttentionSizes SizesOf(Tensor q, Tensor k, Tensor v) =>
        new((int)q.shape[0], (int)q.shape[1], (int)k.shape[1], (int)q.shape[2], (int)k.shape[2], (int)q.shape[3], (int)v.shape[3]);

    private static unsafe void Forward<T, TStored>(AttentionSizes sizes, List<Tensor> tensors, QuerySpans bounds)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TStored : unmanaged, IStored<TStored, T>
    {
        var (q, k, v, y) = (Heads<TStored>.Of(tensors[0]), Heads<TStored>.Of(tensors[1]), Heads<TStored>.Of(tensors[2]), Joined<TStored>(tensors[3]));
        var logSum = Memory.Of<T>(tensors[4]);
        if (sizes.Queries <= FewQueries<T, TStored>.Most)
            new FewQueries<T, TStored> { Sizes = sizes, Q = q, K = k, V = v, Y = y, LogSum = logSum, Bounds = bounds }.Run();
        else
            Tiles(sizes, q, k, v, y, logSum, bounds);

        // the addresses do not keep them
        GC.KeepAlive(tensors);
    }

    private static unsafe void Tiles<T, TStored>(
        AttentionSizes sizes, Heads<TStored> q, Heads<TStored> k, Heads<TStored> v, Heads<TStored> y, T* logSum, QuerySpans bounds)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TStored : unmanaged, IStored<TStored, T> => Work.For(0, (long)sizes.Rows * sizes.Heads * sizes.QueryTiles, 1, (begin, end) =>
        {
            var pass = new AttentionForward<T, TStored> { Sizes = sizes, Q = q, K = k, V = v, Y = y, LogSum = logSum, Bounds = bounds, Range = (begin, end) };
            LaneWidth.Run<T, AttentionForward<T, TStored>>(ref pass);
        });

    private static unsafe void Backward<T, TStored>(
        AttentionSizes sizes, List<Tensor> saved, Tensor gradient, List<Tensor> gradients, QuerySpans bounds)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TStored : unmanaged, IStored<TStored, T>
    {
        var (q, k, v, y) = (Heads<TStored>.Of(saved[0]), Heads<TStored>.Of(saved[1]), Heads<TStored>.Of(saved[2]), Joined<TStored>(saved[3]));
        var (dy, dq) = (Joined<TStored>(gradient), Heads<TStored>.Of(gradients[0]));
        var logSum = Memory.Of<T>(saved[4]);
        var sums = ((nint)Memory.Of<T>(gradients[1]), (nint)Memory.Of<T>(gradients[2]));
        Work.For(0, (long)sizes.Rows * sizes.KeyHeads, 1, (begin, end) =>
        {
            var pass = new AttentionBackward<T, TStored>
            {
                Sizes = sizes, Q = q, K = k, V = v, Y = y, YGradient = dy, QGradient = dq, Sums = sums, LogSum = logSum, Bounds = bounds, Range = (begin, end),
            };
            LaneWidth.Run<T, AttentionBackward<T, TStored>>(ref pass);
        });

        // the addresses do not keep them
        GC.KeepAlive(saved);
        GC.KeepAlive(gradient);
        GC.KeepAlive(gradients);
    }

    /// <summary>Heads that are joined, [B, T, H, V].</summary>
    private static Heads<TStored> Joined<TStored>(Tensor tensor)
        where TStored : unmanaged
    {
        using var heads = tensor.transpose(1, 2);
        return Heads<TStored>.Of(heads);
    }
}
