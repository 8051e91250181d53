using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Selective;

/// <summary>
/// The gradients over the tokens of a block, last one first, one vector of channels after the other; before that what the forward pass did not keep, h and
/// e^(dt A) of each token, and y.
/// <code>
/// m_t = g_t C_t + a_(t+1) m_(t+1)        a = e^(dt A); g: gradient to y, m: gradient to h through this and all later steps
/// grad C_t = sum_E g_t h_t               grad B_t = sum_E m_t w_t              grad w_t = sum_N m_t B_t
/// grad dt_t = sum_N m_t a_t h_(t-1) A    grad A = sum_(B, T) m_t a_t h_(t-1) dt_t        grad h_(-1) = a_0 m_0
/// </code>
/// </summary>
internal readonly unsafe struct SelectiveBackward<T, TTokens>(SelectiveBlock<T> block, TTokens coming) : ILaneLoop<T>
    where T : unmanaged
    where TTokens : ISelectiveTokens<T>
{
    private readonly SelectiveBlock<T> _block = block;
    private readonly TTokens _coming = coming;

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        new Span<T>(_block.Parts, _block.Tokens * _block.States * 2 * TLanes.Count).Clear();
        for (var e = begin; e < end; e += TLanes.Count)
        {
            _coming.ExpectGradient(_block, e);
            if (_block.IsNear<TLanes>(e))
                Again<TLanes, NearPowerOfTwo<TLanes, T>>(e);
            else
                Again<TLanes, PowerOfTwo<TLanes, T>>(e);
            Back<TLanes>(e);
        }

        for (var at = 0; at < _block.Tokens * _block.States * 2; at++)
            (Lanes1<T>.Load(_block.GBC + at) + new Lanes1<T>(TLanes.Sum(TLanes.Load(_block.Parts + (long)at * TLanes.Count)))).Store(_block.GBC + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Again<TLanes, TPower>(int e)
        where TLanes : struct, ILanes<TLanes, T>
        where TPower : struct, IPowerOfTwo<TPower, TLanes, T>
    {
        var (lanes, N, tokens) = (TLanes.Count, _block.States, _block.Tokens);
        var power = TPower.Load();
        T* A = _block.A + (long)e * N, h = _block.Hs, a = _block.Decays;
        for (var n = 0; n < N; n++)
            TLanes.Load(_block.H + (long)e * N + n * lanes).Store(h + n * lanes);
        for (var t = 0; t < tokens; t++)
        {
            var at = (long)t * _block.Stride + e;
            var starts = _block.Starts is not null && _block.Starts[t] != 0;
            T* B = _block.B + t * N, C = _block.C + t * N, after = h + N * lanes;
            var (dt, w, y) = (TLanes.Load(_block.Dt + at), TLanes.Load(_block.W + at), TLanes.Zero);
            var pair = 0;
            for (; pair < N - 1; pair += 2)
            {
                T* A_n = A + pair * lanes, at_n = a + pair * lanes;
                var (a_0, a_1) = power.Of(TLanes.Load(A_n), TLanes.Load(A_n + lanes), dt);
                a_0.Store(at_n);
                a_1.Store(at_n + lanes);
            }

            if (pair < N)
                power.Of(TLanes.Load(A + pair * lanes), dt).Store(a + pair * lanes);

            if (starts)
            {
                for (var n = 0; n < N; n++)
                    TLanes.Zero.Store(a + n * lanes);
            }

            for (var n = 0; n < N; n++)
            {
                var h_n = TLanes.MultiplyAdd(TLanes.Load(a + n * lanes), TLanes.Load(h + n * lanes), w * TLanes.Of(B[n]));
                h_n.Store(after + n * lanes);
                y = TLanes.MultiplyAdd(h_n, TLanes.Of(C[n]), y);
            }

            y.Store(_block.Y + at);
            a += N * lanes;
            h = after;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Back<TLanes>(int e)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (lanes, N) = (TLanes.Count, _block.States);
        T* A = _block.A + (long)e * N, m = _block.GH + (long)e * N, gA = _block.GA + (long)e * N;
        for (var t = _block.Tokens - 1; t >= 0; t--)
        {
            var at = (long)t * _block.Stride + e;
            T* B = _block.B + t * N, C = _block.C + t * N, a = _block.Decays + (long)t * N * lanes, h = _block.Hs + (long)t * N * lanes;
            T* after = h + N * lanes, gB = _block.Parts + (long)t * N * 2 * lanes, gC = gB + N * lanes;
            var (dt, w, g) = (TLanes.Load(_block.Dt + at), TLanes.Load(_block.W + at), TLanes.Load(_block.GY + at));
            var (gdt, gw) = (TLanes.Zero, TLanes.Zero);
            for (var n = 0; n < N; n++)
            {
                var m_n = TLanes.MultiplyAdd(g, TLanes.Of(C[n]), TLanes.Load(m + n * lanes));
                var next = TLanes.Load(a + n * lanes) * m_n;
                next.Store(m + n * lanes);
                var log = next * TLanes.Load(h + n * lanes);
                gdt = TLanes.MultiplyAdd(log, TLanes.Load(A + n * lanes), gdt);
                gw = TLanes.MultiplyAdd(m_n, TLanes.Of(B[n]), gw);
                TLanes.MultiplyAdd(log, dt, TLanes.Load(gA + n * lanes)).Store(gA + n * lanes);
                TLanes.MultiplyAdd(m_n, w, TLanes.Load(gB + n * lanes)).Store(gB + n * lanes);
                TLanes.MultiplyAdd(g, TLanes.Load(after + n * lanes), TLanes.Load(gC + n * lanes)).Store(gC + n * lanes);
            }

            // A here holds log2 e
            (gdt * TLanes.Of(0.69314718055994531)).Store(_block.GDt + at);
            gw.Store(_block.GW + at);
        }
    }
}
