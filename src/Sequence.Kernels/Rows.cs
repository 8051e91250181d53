using Sequence.Kernels.Lanes;

namespace Sequence.Kernels;

/// <summary>Rows of numbers between memory and scratch, converted on the way.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
/// <typeparam name="TStored">How memory holds it.</typeparam>
internal readonly unsafe struct Rows<T, TStored> : ILaneLoop<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    private readonly TStored* _memory;
    private readonly T* _scratch;
    private readonly long _memoryStride, _scratchStride;
    private readonly int _rows;
    private readonly bool _read;

    private Rows(TStored* memory, long memoryStride, T* scratch, long scratchStride, int rows, bool read)
    {
        _memory = memory;
        _scratch = scratch;
        (_memoryStride, _scratchStride, _rows, _read) = (memoryStride, scratchStride, rows, read);
    }

    /// <summary>From memory; strides are from row to row.</summary>
    public static void Read(TStored* from, long fromStride, T* to, long toStride, int rows, int count)
    {
        var loop = new Rows<T, TStored>(from, fromStride, to, toStride, rows, true);
        LaneWidth.Run<T, Rows<T, TStored>>(ref loop, count);
    }

    /// <summary>To memory; strides are from row to row.</summary>
    public static void Write(T* from, long fromStride, TStored* to, long toStride, int rows, int count)
    {
        var loop = new Rows<T, TStored>(to, toStride, from, fromStride, rows, false);
        LaneWidth.Run<T, Rows<T, TStored>>(ref loop, count);
    }

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var row = 0; row < _rows; row++)
        {
            var memory = _memory + row * _memoryStride;
            var scratch = _scratch + row * _scratchStride;
            for (var at = begin; at < end; at += TLanes.Count)
            {
                if (_read)
                    TStored.Load<TLanes>(memory + at).Store(scratch + at);
                else
                    TStored.Store(TLanes.Load(scratch + at), memory + at);
            }
        }
    }
}
