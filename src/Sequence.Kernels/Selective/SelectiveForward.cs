using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Selective;

/// <summary>y and h over the tokens of a block, h_t = e^(dt_t A) h_(t-1) + w_t B_t and y_t = C_t . h_t, one vector of channels after the other.</summary>
internal readonly unsafe struct SelectiveForward<T>(SelectiveBlock<T> block) : ILaneLoop<T>
    where T : unmanaged
{
    private readonly SelectiveBlock<T> _block = block;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (lanes, N, tokens) = (TLanes.Count, _block.States, _block.Tokens);
        var power = new PowerOfTwo<TLanes, T>();
        for (var e = begin; e < end; e += lanes)
        {
            T* A = _block.A + (long)e * N, h = _block.H + (long)e * N, a = _block.Decays;
            for (var t = 0; t < tokens; t++)
            {
                if (_block.Starts is not null && _block.Starts[t] != 0)
                {
                    // no call: it would push the constants out of their registers
                    for (var state = 0; state < N; state++)
                        TLanes.Zero.Store(h + state * lanes);
                }

                var at = (long)t * _block.Stride + e;
                T* B = _block.B + t * N, C = _block.C + t * N;
                var (dt, w, y) = (TLanes.Load(_block.Dt + at), TLanes.Load(_block.W + at), TLanes.Zero);
                var n = 0;
                for (; n < N - 1; n += 2)
                {
                    T* A_n = A + n * lanes, a_n = a + n * lanes;
                    var (a_0, a_1) = power.Of(dt * TLanes.Load(A_n), dt * TLanes.Load(A_n + lanes));
                    a_0.Store(a_n);
                    a_1.Store(a_n + lanes);
                }

                if (n < N)
                    power.Of(dt * TLanes.Load(A + n * lanes)).Store(a + n * lanes);

                for (n = 0; n < N; n++)
                {
                    var h_n = TLanes.MultiplyAdd(TLanes.Load(a + n * lanes), TLanes.Load(h + n * lanes), w * TLanes.Of(B[n]));
                    h_n.Store(h + n * lanes);
                    y = TLanes.MultiplyAdd(h_n, TLanes.Of(C[n]), y);
                }

                y.Store(_block.Y + at);
            }
        }
    }
}
