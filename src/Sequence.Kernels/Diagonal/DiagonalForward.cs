using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>h_t = a_t h_(t-1) + b_t over the tokens of a row, a block of channels at once. The state lies beside h, in full precision.</summary>
internal unsafe struct DiagonalForward<T, TStored, TInput>(DiagonalRows<T, TStored> rows, TInput input) : ILaneLoop<T>
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
            TLanes.Load(_rows.Initial + c).Store(state + c);
        for (var t = 0; t < _rows.Time; t++)
        {
            input.Enter(_rows.Row, t, _rows.Start);
            var h = _rows.H.At(_rows.Row, t, _rows.Start);
            var mark = _rows.Marks is null ? TokenMark.None : _rows.Marks[t];
            for (var c = begin; c < end; c += TLanes.Count)
            {
                var (a, b) = input.Read<TLanes>(c);
                var past = TLanes.Load(state + c);
                var now = mark == TokenMark.None ? TLanes.MultiplyAdd(a, past, b) : mark == TokenMark.Start ? b : past;
                now.Store(state + c);
                TStored.Store(now, h + c);
            }
        }

        for (var c = begin; c < end; c += TLanes.Count)
            TLanes.Load(state + c).Store(_rows.Last + c);
    }
}
