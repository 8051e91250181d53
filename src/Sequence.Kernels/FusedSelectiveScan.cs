using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// <see cref="SelectiveScan"/> on the CPU, in float32 or float64, without ever holding [B, T, N, E]: vectors along channels, rows and blocks of
/// channels on separate threads. The forward pass keeps h before every 64th token; the backward pass computes the ones between again:
/// <code>
/// m_t = g_t C_t + a_(t+1) m_(t+1)        a = e^(dt A); g: gradient to y, m: gradient to h through this and all later steps
/// grad C_t = sum_E g_t h_t               grad B_t = sum_E m_t w_t              grad w_t = sum_N m_t B_t
/// grad dt_t = sum_N m_t a_t h_(t-1) A    grad A = sum_(B, T) m_t a_t h_(t-1) dt_t        grad h_(-1) = a_0 m_0
/// </code>
/// </summary>
public sealed class FusedSelectiveScan : autograd.SingleTensorFunction<FusedSelectiveScan>
{
    private const int BlockWidth = 64;
    private const int Segment = 64;

    /// <inheritdoc/>
    public override string Name => nameof(FusedSelectiveScan);

    /// <summary>Why this form does not take dt [B, T, E] with N states a channel; null where it does.</summary>
    public static string? Refusal(Tensor dt, long states) => SelectiveScan.Kernel.Refusal(dt)
        ?? (Largest(dt.shape[0], dt.shape[1], Whole(dt.shape[2], dt.dtype), states) <= int.MaxValue / dt.element_size()
            ? null
            : "the largest tensor of both passes fills more than 2 GiB, where a span ends");

    /// <inheritdoc cref="SelectiveScan.Fold"/>
    public static (Tensor Y, Tensor Last) Run(Tensor dt, Tensor A, Tensor w, Tensor B, Tensor C, Tensor initial, Tensor? starts = null)
    {
        var (T, E, N) = (dt.shape[1], dt.shape[2], A.shape[0]);
        var spare = Whole(E, dt.dtype) - E;
        var keep = starts is null ? ones(dt.shape[0], T, dt.dtype, dt.device) : starts.logical_not().to(dt.dtype);
        var yh = apply(Wide(dt, spare), Wide(A, spare), Wide(w, spare), B, C, Wide(initial, spare), keep).narrow(2, 0, E);
        return (yh.narrow(1, 0, T), yh.narrow(1, T, N));
    }

    /// <summary>y and the last h as [B, T + N, E]: one output always has a gradient, where one of two may have none.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [.. vars.Select(each => ((Tensor)each).contiguous())];
        var sizes = new Sizes(inputs[0].shape, inputs[1].shape[0]);
        var output = empty([sizes.Batch, sizes.Time + sizes.States, sizes.Width], inputs[0].dtype, inputs[0].device);
        var kept = empty([sizes.Batch, sizes.Segments, sizes.States, sizes.Width], inputs[0].dtype, inputs[0].device);
        if (output.dtype == ScalarType.Float64)
            Forward<double>(sizes, inputs, output, kept);
        else
            Forward<float>(sizes, inputs, output, kept);
        ctx.save_for_backward([.. inputs, kept]);
        return output;
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The gradients are to be differentiated in turn: they are computed outside of the graph. With the packages this ends the process.</exception>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (is_grad_enabled())
        {
            throw new NotSupportedException(
                $"{nameof(FusedSelectiveScan)} has no second derivative (backward was called with create_graph): use {nameof(SelectiveScan)}.{nameof(SelectiveScan.Fold)}.");
        }

        var saved = ctx.get_saved_variables();
        var sizes = new Sizes(saved[0].shape, saved[1].shape[0]);
        var blocks = Parts(sizes.Width, BlockWidth);
        Tensor New(params long[] shape) => zeros(shape, saved[0].dtype, saved[0].device);
        List<Tensor> parts =
        [
            empty_like(saved[0]), New(sizes.Batch, sizes.States, sizes.Width), empty_like(saved[2]),
            New(blocks, sizes.Batch, sizes.Time, sizes.States), New(blocks, sizes.Batch, sizes.Time, sizes.States), empty_like(saved[5]),
        ];
        if (saved[0].dtype == ScalarType.Float64)
            Backward<double>(sizes, saved, grad_output.contiguous(), parts);
        else
            Backward<float>(sizes, saved, grad_output.contiguous(), parts);

        // A is shared by rows; B and C by blocks of channels
        return [parts[0], parts[1].sum([0]), parts[2], parts[3].sum([0]), parts[4].sum([0]), parts[5], zeros_like(saved[6])];
    }

    private static unsafe void Forward<T>(Sizes sizes, List<Tensor> inputs, Tensor output, Tensor kept)
        where T : unmanaged, INumber<T>
    {
        fixed (T* dt = Span<T>(inputs[0]), A = Span<T>(inputs[1]), w = Span<T>(inputs[2]), B = Span<T>(inputs[3]), C = Span<T>(inputs[4]),
               h0 = Span<T>(inputs[5]), keep = Span<T>(inputs[6]), yh = Span<T>(output), checkpoints = Span<T>(kept))
        {
            var scan = new Pointers<T> { Dt = dt, A = A, W = w, B = B, C = C, Keep = keep };
            T* first = h0, result = yh, before = checkpoints;
            ChannelBlocks.Run(sizes.Sequence, BlockWidth, (row, start, count) =>
            {
                var h = Rent<T>((long)sizes.States * count);
                try
                {
                    sizes.Copy(first + sizes.State(row, start), sizes.Width, h, count, count);
                    for (var t = 0; t < sizes.Time; t++)
                    {
                        if (t % Segment == 0)
                            sizes.Copy(h, count, before + sizes.State(row * sizes.Segments + t / Segment, start), sizes.Width, count);
                        Step(sizes, scan, row, t, start, count, h, h, null, result + ((long)row * (sizes.Time + sizes.States) + t) * sizes.Width + start);
                    }

                    sizes.Copy(h, count, result + ((long)row * (sizes.Time + sizes.States) + sizes.Time) * sizes.Width + start, sizes.Width, count);
                }
                finally
                {
                    NativeMemory.Free(h);
                }
            });
        }

        // the pointers do not keep them
        GC.KeepAlive(inputs);
    }

    private static unsafe void Backward<T>(Sizes sizes, List<Tensor> saved, Tensor gradient, List<Tensor> parts)
        where T : unmanaged, INumber<T>
    {
        fixed (T* dt = Span<T>(saved[0]), A = Span<T>(saved[1]), w = Span<T>(saved[2]), B = Span<T>(saved[3]), C = Span<T>(saved[4]),
               keep = Span<T>(saved[6]), checkpoints = Span<T>(saved[7]), g0 = Span<T>(gradient))
        fixed (T* ddt = Span<T>(parts[0]), dA = Span<T>(parts[1]), dw = Span<T>(parts[2]), dB = Span<T>(parts[3]), dC = Span<T>(parts[4]),
               dh0 = Span<T>(parts[5]))
        {
            var scan = new Pointers<T> { Dt = dt, A = A, W = w, B = B, C = C, Keep = keep };
            var gradients = new Pointers<T> { Dt = ddt, A = dA, W = dw, B = dB, C = dC };
            T* g = g0, before = checkpoints, last = dh0;
            ChannelBlocks.Run(sizes.Sequence, BlockWidth, (row, start, count) =>
            {
                var states = (long)sizes.States * count;
                var h = Rent<T>((2 * Segment + 2) * states + 2 * sizes.States * Vector<T>.Count);
                try
                {
                    T* a = h + (Segment + 1) * states, m = a + Segment * states, sums = m + states;
                    sizes.Copy(g + ((long)row * (sizes.Time + sizes.States) + sizes.Time) * sizes.Width + start, sizes.Width, m, count, count);
                    for (var segment = sizes.Segments - 1; segment >= 0; segment--)
                    {
                        var (begin, end) = (segment * Segment, Math.Min((segment + 1) * Segment, sizes.Time));
                        sizes.Copy(before + sizes.State(row * sizes.Segments + segment, start), sizes.Width, h, count, count);
                        for (var t = begin; t < end; t++)
                            Step(sizes, scan, row, t, start, count, h + (t - begin) * states, h + (t - begin + 1) * states, a + (t - begin) * states, null);
                        for (var t = end - 1; t >= begin; t--)
                        {
                            var g_t = g + ((long)row * (sizes.Time + sizes.States) + t) * sizes.Width + start;
                            StepBack(sizes, scan, gradients, row, t, start, count, h + (t - begin) * states, a + (t - begin) * states, g_t, m, sums);
                        }
                    }

                    sizes.Copy(m, count, last + sizes.State(row, start), sizes.Width, count);
                }
                finally
                {
                    NativeMemory.Free(h);
                }
            });
        }

        // the pointers do not keep them
        GC.KeepAlive(saved);
        GC.KeepAlive(gradient);
    }

    /// <summary>One token: h from <paramref name="past"/>, which may be the same, and either a or y beside it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Step<T>(Sizes sizes, Pointers<T> scan, int row, int t, int start, int count, T* past, T* h, T* a, T* y)
        where T : unmanaged, INumber<T>
    {
        var token = (long)row * sizes.Time + t;
        var keep = new Vector<T>(scan.Keep[token]);
        T* dt = scan.Dt + token * sizes.Width + start, w = scan.W + token * sizes.Width + start, A = scan.A + start;
        T* B = scan.B + token * sizes.States, C = scan.C + token * sizes.States;
        for (var e = 0; e < count; e += Vector<T>.Count)
        {
            var (dt_e, w_e, y_e) = (Vector.Load(dt + e), Vector.Load(w + e), Vector<T>.Zero);
            for (var n = 0; n < sizes.States; n++)
            {
                var at = n * count + e;
                var decay = Exp(dt_e * Vector.Load(A + (long)n * sizes.Width + e)) * keep;
                var state = decay * Vector.Load(past + at) + w_e * B[n];
                state.Store(h + at);
                if (a is not null)
                    decay.Store(a + at);
                y_e += state * C[n];
            }

            if (y is not null)
                y_e.Store(y + e);
        }
    }

    /// <summary>One token of the backward pass. <paramref name="m"/> comes as a_(t+1) m_(t+1) and leaves as a_t m_t; h holds h_(t-1), then h_t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void StepBack<T>(
        Sizes sizes, Pointers<T> scan, Pointers<T> gradients, int row, int t, int start, int count, T* h, T* a, T* g, T* m, T* sums)
        where T : unmanaged, INumber<T>
    {
        var (lanes, states) = (Vector<T>.Count, sizes.States);
        var token = (long)row * sizes.Time + t;
        var offset = token * sizes.Width + start;
        T* dt = scan.Dt + offset, w = scan.W + offset, A = scan.A + start, B = scan.B + token * states, C = scan.C + token * states;
        T* dA = gradients.A + sizes.State(row, start), after = h + (long)states * count;
        new Span<T>(sums, 2 * states * lanes).Clear();
        for (var e = 0; e < count; e += lanes)
        {
            var (dt_e, w_e, g_e) = (Vector.Load(dt + e), Vector.Load(w + e), Vector.Load(g + e));
            var (ddt_e, dw_e) = (Vector<T>.Zero, Vector<T>.Zero);
            for (var n = 0; n < states; n++)
            {
                var at = n * count + e;
                var decay = Vector.Load(a + at);
                var m_n = Vector.Load(m + at) + g_e * C[n];
                var next = decay * m_n;
                next.Store(m + at);
                var log = next * Vector.Load(h + at);
                ddt_e += log * Vector.Load(A + (long)n * sizes.Width + e);
                dw_e += m_n * B[n];
                T* dA_n = dA + (long)n * sizes.Width + e, dB_n = sums + n * lanes, dC_n = sums + (states + n) * lanes;
                (Vector.Load(dA_n) + log * dt_e).Store(dA_n);
                (Vector.Load(dB_n) + m_n * w_e).Store(dB_n);
                (Vector.Load(dC_n) + g_e * Vector.Load(after + at)).Store(dC_n);
            }

            ddt_e.Store(gradients.Dt + offset + e);
            dw_e.Store(gradients.W + offset + e);
        }

        var shared = ((long)(start / BlockWidth) * sizes.Batch * sizes.Time + token) * states;
        for (var n = 0; n < states; n++)
        {
            gradients.B[shared + n] = Vector.Sum(Vector.Load(sums + n * lanes));
            gradients.C[shared + n] = Vector.Sum(Vector.Load(sums + (states + n) * lanes));
        }
    }

    /// <summary>The numbers of the largest tensor: y with the last h, the kept h, or the parts of grad B, one a block of channels.</summary>
    private static long Largest(long B, long T, long E, long N) =>
        Math.Max(B * (T + N) * E, Math.Max(B * Parts(T, Segment) * N * E, Parts(E, BlockWidth) * B * T * N));

    private static long Parts(long whole, long part) => (whole + part - 1) / part;

    /// <summary>E up to a whole number of vectors.</summary>
    private static long Whole(long E, ScalarType dtype)
    {
        var lanes = dtype == ScalarType.Float64 ? Vector<double>.Count : Vector<float>.Count;
        return Parts(E, lanes) * lanes;
    }

    private static Vector<T> Exp<T>(Vector<T> x) => typeof(T) == typeof(double)
        ? Vector.Exp(x.As<T, double>()).As<double, T>()
        : Vector.Exp(x.As<T, float>()).As<float, T>();

    /// <summary>Channels up to a whole number of vectors, those beyond zero: they stay zero and give no gradient.</summary>
    private static Tensor Wide(Tensor x, long spare) =>
        spare == 0 ? x : cat(new[] { x, zeros([.. x.shape[..^1], spare], x.dtype, x.device) }, -1);

    private static unsafe T* Rent<T>(long count) where T : unmanaged => (T*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(T));

    private static Span<T> Span<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>Where the inputs lie, or the gradients to them.</summary>
    private unsafe struct Pointers<T> where T : unmanaged
    {
        public T* Dt, A, W, B, C, Keep;
    }

    /// <summary>B, T, N and E.</summary>
    private readonly struct Sizes(long[] sequence, long states)
    {
        public readonly long[] Sequence = sequence;
        public readonly int Batch = (int)sequence[0], Time = (int)sequence[1], Width = (int)sequence[2], States = (int)states;

        public int Segments => (int)Parts(Time, Segment);

        /// <summary>Where the channels from <paramref name="start"/> of a state begin in [..., N, E].</summary>
        public long State(int index, int start) => (long)index * States * Width + start;

        /// <summary>N rows of <paramref name="count"/> channels, which lie apart by the strides.</summary>
        public unsafe void Copy<T>(T* from, int fromStride, T* to, int toStride, int count) where T : unmanaged
        {
            for (var n = 0; n < States; n++)
                new Span<T>(from + (long)n * fromStride, count).CopyTo(new Span<T>(to + (long)n * toStride, count));
        }
    }
}
