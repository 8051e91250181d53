using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>h_t = a_t h_(t-1) + b_t over the tokens of a row, complex, a block of channels at once. The state lies beside h, in full precision.</summary>
internal readonly unsafe struct ComplexDiagonalForward<T, TStored, TInput>(ComplexDiagonalRows<T, TStored> rows, TInput input) : ILaneLoop<T>
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
            TLanes.Load(_rows.Initial + c).Store(stateRe + c);
            TLanes.Load(_rows.Initial + _rows.Parts + c).Store(stateIm + c);
        }

        for (var t = 0; t < _rows.Time; t++)
        {
            input.Enter(_rows.Row, t, _rows.Start);
            TStored* re = _rows.Re.At(_rows.Row, t, _rows.Start), im = _rows.Im.At(_rows.Row, t, _rows.Start);
            var mark = _rows.Marks is null ? TokenMark.None : _rows.Marks[t];
            for (var c = begin; c < end; c += TLanes.Count)
            {
                var (a, b) = input.Read<TLanes>(c);
                var past = new Pair<TLanes, T>(TLanes.Load(stateRe + c), TLanes.Load(stateIm + c));
                var now = mark == TokenMark.None ? Pair<TLanes, T>.MultiplyAdd(a, past, b) : mark == TokenMark.Start ? b : past;
                now.Re.Store(stateRe + c);
                now.Im.Store(stateIm + c);
                TStored.Store(now.Re, re + c);
                TStored.Store(now.Im, im + c);
            }
        }

        for (var c = begin; c < end; c += TLanes.Count)
        {
            TLanes.Load(stateRe + c).Store(_rows.Last + c);
            TLanes.Load(stateIm + c).Store(_rows.Last + _rows.Parts + c);
        }
    }
}
