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
        for (var e = begin; e < end; e += lanes)
        {
            T* A = _block.A + (long)e * N, h = _block.H + (long)e * N;
            for (var t = 0; t < tokens; t++)
            {
                if (_block.Starts is not null && _block.Starts[t] != 0)
                    new Span<T>(h, N * lanes).Clear();
                var at = (long)t * _block.Stride + e;
                T* B = _block.B + t * N, C = _block.C + t * N;
                var (dt, w, y) = (TLanes.Load(_block.Dt + at), TLanes.Load(_block.W + at), TLanes.Zero);
                for (var n = 0; n < N; n++)
                {
                    var a = LaneMath.Exp2<TLanes, T>(dt * TLanes.Load(A + n * lanes));
                    var h_n = TLanes.MultiplyAdd(a, TLanes.Load(h + n * lanes), w * TLanes.Of(B[n]));
                    h_n.Store(h + n * lanes);
                    y = TLanes.MultiplyAdd(h_n, TLanes.Of(C[n]), y);
                }

                y.Store(_block.Y + at);
            }
        }
    }
}
