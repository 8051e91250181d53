using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="DiagonalScan"/> in one pass over memory on the CPU, in float32 or float64: vectors along channels, rows and blocks of channels on
/// separate threads. The backward pass computes h again rather than keeping it:
/// <code>
/// m_t = g_t + a_(t+1) m_(t+1)        a = e^l; g: gradient to h, m: gradient through all later steps
/// grad b_t = m_t        grad a_t = m_t h_(t-1)        grad h_(-1) = a_0 m_0
/// </code>
/// </summary>
public sealed class FusedDiagonalScan : autograd.SingleTensorFunction<FusedDiagonalScan>
{
    private const int BlockWidth = 256;

    /// <inheritdoc/>
    public override string Name => nameof(FusedDiagonalScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(Tensor input) => DiagonalScan.Kernel.Refusal(input)
        ?? (input.numel() <= int.MaxValue / input.element_size() ? null : "the inputs fill more than 2 GiB, where a span ends");

    /// <inheritdoc cref="DiagonalScan.Run"/>
    public static Tensor Run(Tensor log, Tensor input, Tensor? initial = null)
    {
        var (B, T) = (input.shape[0], input.shape[1]);
        var a = log.exp().expand(input.shape).reshape(B, T, -1);
        var b = input.reshape(B, T, -1);
        var h0 = initial?.reshape(B, -1) ?? zeros(B, b.shape[2], b.dtype, b.device);
        return apply(a, b, h0).view(input.shape);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [.. vars.Select(each => ((Tensor)each).contiguous())];
        ctx.save_for_backward(inputs);
        var h = empty_like(inputs[1]);
        if (h.dtype == ScalarType.Float64)
            Forward<double>(inputs, h);
        else
            Forward<float>(inputs, h);
        return h;
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (is_grad_enabled())
        {
            throw new NotSupportedException(
                $"{nameof(FusedDiagonalScan)} has no second derivative (backward was called with create_graph): use {nameof(DiagonalScan)}.{nameof(DiagonalScan.Tree)}.");
        }

        var inputs = ctx.get_saved_variables();
        List<Tensor> gradients = [.. inputs.Select(each => empty_like(each))];
        if (inputs[0].dtype == ScalarType.Float64)
            Backward<double>(inputs, grad_output.contiguous(), gradients);
        else
            Backward<float>(inputs, grad_output.contiguous(), gradients);
        return gradients;
    }

    private static unsafe void Forward<T>(List<Tensor> inputs, Tensor output)
        where T : unmanaged, INumber<T>
    {
        fixed (T* a0 = Span<T>(inputs[0]), b0 = Span<T>(inputs[1]), before0 = Span<T>(inputs[2]), h0 = Span<T>(output))
        {
            var (a, b, before, h) = ((nint)a0, (nint)b0, (nint)before0, (nint)h0);
            var shape = output.shape;
            var (time, width) = ((int)shape[1], (int)shape[2]);
            ChannelBlocks.Run(shape[0], shape[2], BlockWidth, shape[1], 0, (block, _) =>
            {
                var (row, start, count) = (block.Row, block.Start, block.Count);
                var (sequence, state) = ((long)row * time * width + start, (long)row * width + start);
                Fold((T*)a + sequence, (T*)b + sequence, (T*)before + state, (T*)h + sequence, time, width, count, width);
            });
        }

        // the pointers do not keep them
        GC.KeepAlive(inputs);
    }

    private static unsafe void Backward<T>(List<Tensor> inputs, Tensor gradient, List<Tensor> gradients)
        where T : unmanaged, INumber<T>
    {
        fixed (T* a0 = Span<T>(inputs[0]), b0 = Span<T>(inputs[1]), before0 = Span<T>(inputs[2]), g0 = Span<T>(gradient),
               da0 = Span<T>(gradients[0]), db0 = Span<T>(gradients[1]), dbefore0 = Span<T>(gradients[2]))
        {
            var (a, b, before, g) = ((nint)a0, (nint)b0, (nint)before0, (nint)g0);
            var (da, db, dbefore) = ((nint)da0, (nint)db0, (nint)dbefore0);
            var shape = gradient.shape;
            var (time, width) = ((int)shape[1], (int)shape[2]);
            ChannelBlocks.Run(shape[0], shape[2], BlockWidth, shape[1], 0, (block, _) =>
            {
                var (row, start, count) = (block.Row, block.Start, block.Count);
                var (sequence, state) = ((long)row * time * width + start, (long)row * width + start);
                var h = (T*)NativeMemory.Alloc((nuint)((long)time * count * sizeof(T)));
                try
                {
                    Fold((T*)a + sequence, (T*)b + sequence, (T*)before + state, h, time, width, count, count);
                    FoldBack(
                        (T*)a + sequence, (T*)before + state, h, (T*)g + sequence,
                        (T*)da + sequence, (T*)db + sequence, (T*)dbefore + state, time, width, count);
                }
                finally
                {
                    NativeMemory.Free(h);
                }
            });
        }

        // the pointers do not keep them
        GC.KeepAlive(inputs);
        GC.KeepAlive(gradient);
    }

    /// <summary>h over one row and <paramref name="count"/> channels; time steps lie <paramref name="width"/> apart, those of h <paramref name="stride"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Fold<T>(T* a, T* b, T* before, T* h, int time, int width, int count, int stride)
        where T : unmanaged, INumber<T>
    {
        var lanes = Vector<T>.Count;
        for (var t = 0; t < time; t++)
        {
            T* a_t = a + (long)t * width, b_t = b + (long)t * width, h_t = h + (long)t * stride;
            var past = t == 0 ? before : h_t - stride;
            var d = 0;
            for (; d <= count - lanes; d += lanes)
                (Vector.Load(a_t + d) * Vector.Load(past + d) + Vector.Load(b_t + d)).Store(h_t + d);
            for (; d < count; d++)
                h_t[d] = a_t[d] * past[d] + b_t[d];
        }
    }

    /// <summary>The gradients over one row and <paramref name="count"/> channels, last step first. m_t is kept where grad b_t is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void FoldBack<T>(T* a, T* before, T* h, T* g, T* da, T* db, T* dbefore, int time, int width, int count)
        where T : unmanaged, INumber<T>
    {
        var lanes = Vector<T>.Count;
        for (var t = time - 1; t >= 0; t--)
        {
            var at = (long)t * width;
            T* g_t = g + at, da_t = da + at, m_t = db + at;
            T* a_next = a + at + width, m_next = m_t + width;
            var past = t == 0 ? before : h + (long)(t - 1) * count;
            var last = t == time - 1;
            var d = 0;
            for (; d <= count - lanes; d += lanes)
            {
                var m = Vector.Load(g_t + d);
                if (!last)
                    m += Vector.Load(a_next + d) * Vector.Load(m_next + d);
                m.Store(m_t + d);
                (m * Vector.Load(past + d)).Store(da_t + d);
            }

            for (; d < count; d++)
            {
                var m = last ? g_t[d] : g_t[d] + a_next[d] * m_next[d];
                m_t[d] = m;
                da_t[d] = m * past[d];
            }
        }

        for (var d = 0; d < count; d++)
            dbefore[d] = a[d] * db[d];
    }

    private static Span<T> Span<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);
}
