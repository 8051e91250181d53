using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>
/// The gradients over the tokens of a row, complex, last one first, a block of channels at once,
/// <code>
/// m_t = g_t + conj(a_(t+1)) m_(t+1)        g: gradient to h, m: gradient through all later steps
/// grad b_t = m_t        grad a_t = m_t conj(h_(t-1))        grad h_(-1) = conj(a_0) m_0
/// </code>
/// with h as the forward pass wrote it.
/// </summary>
internal readonly unsafe struct ComplexDiagonalBackward<T, TStored, TInput>(ComplexDiagonalRows<T, TStored> rows, TInput input) : ILaneLoop<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
    where TInput : struct, IComplexDiagonalInput<T>
{
    private readonly ComplexDiagonalRows<T, TStored> _rows = rows;
    private readonly TInput _input = input;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var input = _input;
        T* stateRe = _rows.StateRe, stateIm = _rows.StateIm;
        for (var c = begin; c < end; c += TLanes.Count)
        {
            TLanes.Load(_rows.GLast + c).Store(stateRe + c);
            TLanes.Load(_rows.GLast + _rows.Parts + c).Store(stateIm + c);
        }

        for (var t = _rows.Time - 1; t >= 0; t--)
        {
            input.Enter(_rows.Row, t, _rows.Start);
            TStored* gRe = _rows.GRe.IsNone ? null : _rows.GRe.At(_rows.Row, t, _rows.Start), gIm = _rows.GIm.IsNone ? null : _rows.GIm.At(_rows.Row, t, _rows.Start);
            TStored* re = _rows.Re.At(_rows.Row, Math.Max(0, t - 1), _rows.Start), im = _rows.Im.At(_rows.Row, Math.Max(0, t - 1), _rows.Start);
            var mark = _rows.Marks is null ? TokenMark.None : _rows.Marks[t];
            for (var c = begin; c < end; c += TLanes.Count)
            {
                var (m_re, m_im) = (TLanes.Load(stateRe + c), TLanes.Load(stateIm + c));
                if (gRe is not null)
                    m_re += TStored.Load<TLanes>(gRe + c);
                if (gIm is not null)
                    m_im += TStored.Load<TLanes>(gIm + c);
                var m = new Pair<TLanes, T>(m_re, m_im);
                var past = t == 0
                    ? new Pair<TLanes, T>(TLanes.Load(_rows.Initial + c), TLanes.Load(_rows.Initial + _rows.Parts + c))
                    : new Pair<TLanes, T>(TStored.Load<TLanes>(re + c), TStored.Load<TLanes>(im + c));
                var a = input.Decay<TLanes>(c);
                var zero = new Pair<TLanes, T>(TLanes.Zero, TLanes.Zero);
                // in one place: the compiler does not inline what comes of the gates more than once
                input.WriteGradient(c, a, mark == TokenMark.None ? Pair<TLanes, T>.ConjugateMultiply(past, m) : zero, mark == TokenMark.Padding ? zero : m);
                if (mark != TokenMark.Padding)
                    m = mark == TokenMark.None ? Pair<TLanes, T>.ConjugateMultiply(a, m) : zero;

                m.Re.Store(stateRe + c);
                m.Im.Store(stateIm + c);
            }
        }

        for (var c = begin; c < end; c += TLanes.Count)
        {
            TLanes.Load(stateRe + c).Store(_rows.GInitial + c);
            TLanes.Load(stateIm + c).Store(_rows.GInitial + _rows.Parts + c);
        }
    }
}
