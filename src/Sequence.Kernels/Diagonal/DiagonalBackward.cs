using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>
/// The gradients over the tokens of a row, last one first, a block of channels at once,
/// <code>
/// m_t = g_t + a_(t+1) m_(t+1)        g: gradient to h, m: gradient through all later steps
/// grad b_t = m_t        grad a_t = m_t h_(t-1)        grad h_(-1) = a_0 m_0
/// </code>
/// with h as the forward pass wrote it.
/// </summary>
internal unsafe struct DiagonalBackward<T, TStored, TInput>(DiagonalRows<T, TStored> rows, TInput input) : ILaneLoop<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
    where TInput : struct, IDiagonalInput<T>
{
    private readonly DiagonalRows<T, TStored> _rows = rows;
    private readonly TInput _input = input;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var input = _input;
        T* state = _rows.State;
        for (var c = begin; c < end; c += TLanes.Count)
            TLanes.Load(_rows.GLast + c).Store(state + c);
        for (var t = _rows.Time - 1; t >= 0; t--)
        {
            input.Enter(_rows.Row, t, _rows.Start);
            var g = _rows.GH.At(_rows.Row, t, _rows.Start);
            var past = _rows.H.At(_rows.Row, Math.Max(0, t - 1), _rows.Start);
            var mark = _rows.Marks is null ? TokenMark.None : _rows.Marks[t];
            for (var c = begin; c < end; c += TLanes.Count)
            {
                var m = TLanes.Load(state + c) + TStored.Load<TLanes>(g + c);
                var a = input.Decay<TLanes>(c);
                var before = t == 0 ? TLanes.Load(_rows.Initial + c) : TStored.Load<TLanes>(past + c);
                if (mark == TokenMark.None)
                {
                    input.WriteGradient(c, a, m * before, m);
                    (a * m).Store(state + c);
                }
                else
                {
                    var start = mark == TokenMark.Start;
                    input.WriteGradient(c, a, TLanes.Zero, start ? m : TLanes.Zero);
                    (start ? TLanes.Zero : m).Store(state + c);
                }
            }
        }

        for (var c = begin; c < end; c += TLanes.Count)
            TLanes.Load(state + c).Store(_rows.GInitial + c);
    }
}
