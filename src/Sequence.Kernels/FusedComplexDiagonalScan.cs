using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="ComplexDiagonalScan"/> in one pass over memory on the CPU, in float32 or float64: vectors along channels, rows and blocks of
/// channels on separate threads. The backward pass computes h again rather than keeping it:
/// <code>
/// l_t = g_t + conj(a_(t+1)) l_(t+1)        g: gradient to h, l: gradient through all later steps
/// grad b_t = l_t        grad a_t = l_t conj(h_(t-1))        grad h_(-1) = conj(a_0) l_0
/// </code>
/// </summary>
public sealed class FusedComplexDiagonalScan : autograd.SingleTensorFunction<FusedComplexDiagonalScan>
{
    private const int BlockWidth = 64;

    /// <inheritdoc/>
    public override string Name => nameof(FusedComplexDiagonalScan);

    /// <summary>Why this form does not take inputs; null where it does.</summary>
    public static string? Refusal(ComplexTensor x) => ComplexDiagonalScan.Kernel.Refusal(x.Re)
        ?? (2 * x.Re.numel() <= int.MaxValue / x.Re.element_size() ? null : "the states fill more than 2 GiB, where a span ends");

    /// <inheritdoc cref="ComplexDiagonalScan.Run"/>
    public static ComplexTensor Run(ComplexTensor a, ComplexTensor b, ComplexTensor? initial = null)
    {
        var (B, D) = (b.Re.shape[0], b.Re.shape[2]);
        var h0 = initial ?? ComplexTensor.Zeros([B, D], b.Re.dtype, b.Re.device);
        var h = apply(a.Re, a.Im, b.Re, b.Im, h0.Re, h0.Im);
        return new(h.select(0, 0), h.select(0, 1));
    }

    /// <summary>h as [2, B, T, D], real parts first: one output always has a gradient, where one of two may have none.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [.. vars.Select(each => ((Tensor)each).contiguous())];
        ctx.save_for_backward(inputs);
        var b = inputs[2];
        var h = empty([2, .. b.shape], b.dtype, b.device);
        if (b.dtype == ScalarType.Float64)
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
                $"{nameof(FusedComplexDiagonalScan)} has no second derivative (backward was called with create_graph): use {nameof(ComplexDiagonalScan)}.{nameof(ComplexDiagonalScan.Tree)}.");
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
        fixed (T* a_re = Span<T>(inputs[0]), a_im = Span<T>(inputs[1]), b_re = Span<T>(inputs[2]), b_im = Span<T>(inputs[3]),
               h0_re = Span<T>(inputs[4]), h0_im = Span<T>(inputs[5]), h_re = Span<T>(output))
        {
            var shape = inputs[2].shape;
            var h_im = h_re + shape[0] * shape[1] * shape[2];
            var (a, b) = (new Pair<T>(a_re, a_im), new Pair<T>(b_re, b_im));
            var (h0, h) = (new Pair<T>(h0_re, h0_im), new Pair<T>(h_re, h_im));
            var (time, width) = ((int)shape[1], (int)shape[2]);
            ChannelBlocks.Run(shape[0], shape[2], BlockWidth, shape[1], 0, (block, _) =>
            {
                var (row, start, count) = (block.Row, block.Start, block.Count);
                var (sequence, state) = ((long)row * time * width + start, (long)row * width + start);
                Fold(a.At(sequence), b.At(sequence), h0.At(state), h.At(sequence), time, width, count, width);
            });
        }

        // the pointers do not keep them
        GC.KeepAlive(inputs);
    }

    private static unsafe void Backward<T>(List<Tensor> inputs, Tensor g, List<Tensor> gradients)
        where T : unmanaged, INumber<T>
    {
        fixed (T* a_re = Span<T>(inputs[0]), a_im = Span<T>(inputs[1]), b_re = Span<T>(inputs[2]), b_im = Span<T>(inputs[3]),
               h0_re = Span<T>(inputs[4]), h0_im = Span<T>(inputs[5]), g_re = Span<T>(g))
        fixed (T* da_re = Span<T>(gradients[0]), da_im = Span<T>(gradients[1]), db_re = Span<T>(gradients[2]), db_im = Span<T>(gradients[3]),
               dh0_re = Span<T>(gradients[4]), dh0_im = Span<T>(gradients[5]))
        {
            var (a, b, h0) = (new Pair<T>(a_re, a_im), new Pair<T>(b_re, b_im), new Pair<T>(h0_re, h0_im));
            var (da, db, dh0) = (new Pair<T>(da_re, da_im), new Pair<T>(db_re, db_im), new Pair<T>(dh0_re, dh0_im));
            var shape = inputs[2].shape;
            var dh = new Pair<T>(g_re, g_re + shape[0] * shape[1] * shape[2]);
            var (time, width) = ((int)shape[1], (int)shape[2]);
            ChannelBlocks.Run(shape[0], shape[2], BlockWidth, shape[1], 0, (block, _) =>
            {
                var (row, start, count) = (block.Row, block.Start, block.Count);
                var (sequence, state) = ((long)row * time * width + start, (long)row * width + start);
                var re = (T*)NativeMemory.Alloc((nuint)(2L * time * count * sizeof(T)));
                try
                {
                    var h = new Pair<T>(re, re + (long)time * count);
                    Fold(a.At(sequence), b.At(sequence), h0.At(state), h, time, width, count, count);
                    FoldBack(a.At(sequence), h0.At(state), h, dh.At(sequence), da.At(sequence), db.At(sequence), dh0.At(state), time, width, count);
                }
                finally
                {
                    NativeMemory.Free(re);
                }
            });
        }

        // the pointers do not keep them
        GC.KeepAlive(inputs);
        GC.KeepAlive(g);
    }

    /// <summary>h over one row and <paramref name="count"/> channels; time steps lie <paramref name="width"/> apart, those of h <paramref name="stride"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Fold<T>(Pair<T> a, Pair<T> b, Pair<T> h0, Pair<T> h, int time, int width, int count, int stride)
        where T : unmanaged, INumber<T>
    {
        var lanes = Vector<T>.Count;
        for (var t = 0; t < time; t++)
        {
            var (a_t, b_t, h_t) = (a.At((long)t * width), b.At((long)t * width), h.At((long)t * stride));
            var past = t == 0 ? h0 : h.At((long)(t - 1) * stride);
            var d = 0;
            for (; d <= count - lanes; d += lanes)
            {
                var (p_re, p_im) = past.Load(d);
                var (e_re, e_im) = a_t.Load(d);
                var (f_re, f_im) = b_t.Load(d);
                h_t.Store(d, e_re * p_re - e_im * p_im + f_re, e_re * p_im + e_im * p_re + f_im);
            }

            for (; d < count; d++)
            {
                var (p_re, p_im) = (past.Re[d], past.Im[d]);
                h_t.Re[d] = a_t.Re[d] * p_re - a_t.Im[d] * p_im + b_t.Re[d];
                h_t.Im[d] = a_t.Re[d] * p_im + a_t.Im[d] * p_re + b_t.Im[d];
            }
        }
    }

    /// <summary>The gradients over one row and <paramref name="count"/> channels, last step first. l_t is kept where grad b_t is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void FoldBack<T>(
        Pair<T> a, Pair<T> h0, Pair<T> h, Pair<T> g, Pair<T> da, Pair<T> db, Pair<T> dh0, int time, int width, int count)
        where T : unmanaged, INumber<T>
    {
        var lanes = Vector<T>.Count;
        for (var t = time - 1; t >= -1; t--)
        {
            var last = t == time - 1;
            var (g_t, l_t) = t < 0 ? (default, dh0) : (g.At((long)t * width), db.At((long)t * width));
            var (a_next, l_next) = last ? (default, default) : (a.At((long)(t + 1) * width), db.At((long)(t + 1) * width));
            var past = t > 0 ? h.At((long)(t - 1) * count) : h0;
            var d = 0;
            for (; d <= count - lanes; d += lanes)
            {
                var (l_re, l_im) = t < 0 ? (Vector<T>.Zero, Vector<T>.Zero) : g_t.Load(d);
                if (!last)
                {
                    var (e_re, e_im) = a_next.Load(d);
                    var (n_re, n_im) = l_next.Load(d);
                    l_re += e_re * n_re + e_im * n_im;
                    l_im += e_re * n_im - e_im * n_re;
                }

                l_t.Store(d, l_re, l_im);
                if (t < 0)
                    continue;
                var (p_re, p_im) = past.Load(d);
                da.At((long)t * width).Store(d, l_re * p_re + l_im * p_im, l_im * p_re - l_re * p_im);
            }

            for (; d < count; d++)
            {
                var (l_re, l_im) = t < 0 ? (T.Zero, T.Zero) : (g_t.Re[d], g_t.Im[d]);
                if (!last)
                {
                    l_re += a_next.Re[d] * l_next.Re[d] + a_next.Im[d] * l_next.Im[d];
                    l_im += a_next.Re[d] * l_next.Im[d] - a_next.Im[d] * l_next.Re[d];
                }

                (l_t.Re[d], l_t.Im[d]) = (l_re, l_im);
                if (t < 0)
                    continue;
                var da_t = da.At((long)t * width);
                da_t.Re[d] = l_re * past.Re[d] + l_im * past.Im[d];
                da_t.Im[d] = l_im * past.Re[d] - l_re * past.Im[d];
            }
        }
    }

    private static Span<T> Span<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>Where the parts of complex numbers lie.</summary>
    private readonly unsafe struct Pair<T>(T* re, T* im) where T : unmanaged
    {
        public readonly T* Re = re;
        public readonly T* Im = im;

        public Pair<T> At(long offset) => new(Re + offset, Im + offset);

        public (Vector<T> Re, Vector<T> Im) Load(int at) => (Vector.Load(Re + at), Vector.Load(Im + at));

        public void Store(int at, Vector<T> re, Vector<T> im)
        {
            re.Store(Re + at);
            im.Store(Im + at);
        }
    }
}
