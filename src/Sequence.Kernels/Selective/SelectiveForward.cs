using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Selective;

/// <summary>
/// y and h over the tokens of a block, h_t = e^(dt_t A) h_(t-1) + w_t B_t and y_t = C_t . h_t, one vector of channels after the other. Two tokens go together
/// through the states: A and h are read once for both, and their exponentials do not wait for each other. Where no e^(dt A) of a vector would be cut off, as it
/// is nearly always, a cheaper exponential is taken.
/// </summary>
internal readonly unsafe struct SelectiveForward<T, TTokens>(SelectiveBlock<T> block, TTokens coming) : ILaneLoop<T>
    where T : unmanaged
    where TTokens : ISelectiveTokens<T>
{
    private readonly SelectiveBlock<T> _block = block;
    private readonly TTokens _coming = coming;

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var e = begin; e < end; e += TLanes.Count)
        {
            _coming.Expect(_block, e);
            if (_block.IsNear<TLanes>(e))
                Vector<TLanes, NearPowerOfTwo<TLanes, T>>(e);
            else
                Vector<TLanes, PowerOfTwo<TLanes, T>>(e);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Vector<TLanes, TPower>(int e)
        where TLanes : struct, ILanes<TLanes, T>
        where TPower : struct, IPowerOfTwo<TPower, TLanes, T>
    {
        var (lanes, N, tokens, stride) = (TLanes.Count, _block.States, _block.Tokens, _block.Stride);
        var starts = _block.Starts;
        var power = TPower.Load();
        T* A = _block.A + (long)e * N, h = _block.H + (long)e * N;
        var t = 0;
        while (t < tokens)
        {
            if (starts is not null && starts[t] != 0)
            {
                // no call: it would push the constants out of their registers
                for (var n = 0; n < N; n++)
                    TLanes.Zero.Store(h + n * lanes);
            }

            var at = (long)t * stride + e;
            T* dt = _block.Dt + at, w = _block.W + at, y = _block.Y + at, B = _block.B + t * N, C = _block.C + t * N, A_n = A, h_n = h;
            var dt_0 = TLanes.Load(dt);
            var w_0 = TLanes.Load(w);
            var y_0 = TLanes.Zero;
            if (t + 1 < tokens && (starts is null || starts[t + 1] == 0))
            {
                var dt_1 = TLanes.Load(dt + stride);
                var w_1 = TLanes.Load(w + stride);
                var y_1 = TLanes.Zero;
                T* B_1 = B + N, C_1 = C + N, last = A_n + (N - 1) * lanes;
                for (; A_n < last; A_n += 2 * lanes, h_n += 2 * lanes, B += 2, B_1 += 2, C += 2, C_1 += 2)
                {
                    Two(power, A_n, h_n, dt_0, dt_1, w_0, w_1, B, B_1, C, C_1, ref y_0, ref y_1);
                    Two(power, A_n + lanes, h_n + lanes, dt_0, dt_1, w_0, w_1, B + 1, B_1 + 1, C + 1, C_1 + 1, ref y_0, ref y_1);
                }

                if (A_n == last)
                    Two(power, A_n, h_n, dt_0, dt_1, w_0, w_1, B, B_1, C, C_1, ref y_0, ref y_1);

                y_0.Store(y);
                y_1.Store(y + stride);
                t += 2;
            }
            else
            {
                for (var n = 0; n < N; n++, A_n += lanes, h_n += lanes)
                {
                    var h_0 = TLanes.MultiplyAdd(power.Of(dt_0, TLanes.Load(A_n)), TLanes.Load(h_n), w_0 * TLanes.Of(B[n]));
                    y_0 = TLanes.MultiplyAdd(h_0, TLanes.Of(C[n]), y_0);
                    h_0.Store(h_n);
                }

                y_0.Store(y);
                t++;
            }
        }
    }

    // one state through two tokens
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two<TLanes, TPower>(
        TPower power, T* A, T* h, TLanes dt_0, TLanes dt_1, TLanes w_0, TLanes w_1, T* B, T* B_1, T* C, T* C_1, ref TLanes y_0, ref TLanes y_1)
        where TLanes : struct, ILanes<TLanes, T>
        where TPower : struct, IPowerOfTwo<TPower, TLanes, T>
    {
        var (a_0, a_1) = power.Of(dt_0, dt_1, TLanes.Load(A));
        var h_0 = TLanes.MultiplyAdd(a_0, TLanes.Load(h), w_0 * TLanes.Of(*B));
        var h_1 = TLanes.MultiplyAdd(a_1, h_0, w_1 * TLanes.Of(*B_1));
        y_0 = TLanes.MultiplyAdd(h_0, TLanes.Of(*C), y_0);
        y_1 = TLanes.MultiplyAdd(h_1, TLanes.Of(*C_1), y_1);
        h_1.Store(h);
    }
}
