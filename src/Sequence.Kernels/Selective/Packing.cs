using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Selective;

/// <summary>Rows of channels [N, E], a block of them, to and from packed memory [channels / lanes, N, lanes].</summary>
internal readonly unsafe struct Packing<T>(T* rows, long stride, T* packed, int states, bool pack, double scale = 1) : ILaneLoop<T>
    where T : unmanaged
{
    private readonly T* _rows = rows, _packed = packed;
    private readonly long _stride = stride;
    private readonly int _states = states;
    private readonly bool _pack = pack;
    private readonly double _scale = scale;

    /// <summary>Packs <paramref name="count"/> channels, multiplied by <paramref name="scale"/>.</summary>
    public static void Pack(T* rows, long stride, T* packed, int states, int count, double scale = 1)
    {
        var loop = new Packing<T>(rows, stride, packed, states, true, scale);
        LaneWidth.Run<T, Packing<T>>(ref loop, count);
    }

    /// <summary>Unpacks <paramref name="count"/> channels.</summary>
    public static void Unpack(T* packed, T* rows, long stride, int states, int count)
    {
        var loop = new Packing<T>(rows, stride, packed, states, false);
        LaneWidth.Run<T, Packing<T>>(ref loop, count);
    }

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var e = begin; e < end; e += TLanes.Count)
        {
            for (var n = 0; n < _states; n++)
            {
                T* row = _rows + n * _stride + e, packed = _packed + (long)e * _states + n * TLanes.Count;
                if (_pack)
                    (TLanes.Load(row) * TLanes.Of(_scale)).Store(packed);
                else
                    TLanes.Load(packed).Store(row);
            }
        }
    }
}
