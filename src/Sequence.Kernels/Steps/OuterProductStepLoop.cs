using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>The value channels of one head of <see cref="OuterProductStep"/>.</summary>
internal readonly unsafe struct OuterProductStepLoop<T>(T* q, T* k, T* v, T* decay, int decayStride, T* S, int keys, int values) : ILaneLoop<T>
    where T : unmanaged
{
    private const int AtOnce = 4;

    private readonly T* _q = q, _k = k, _v = v, _decay = decay, _state = S;
    private readonly int _decayStride = decayStride, _keys = keys, _values = values;

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var at = begin;
        for (; at + AtOnce * TLanes.Count <= end; at += AtOnce * TLanes.Count)
            Four<TLanes>(at);
        for (; at < end; at += TLanes.Count)
            One<TLanes>(at);
    }

    /// <summary>Four lanes side by side, whose sums over K do not wait for each other.</summary>
    private void Four<TLanes>(int at)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (v0, v1) = (TLanes.Load(_v + at), TLanes.Load(_v + at + TLanes.Count));
        var (v2, v3) = (TLanes.Load(_v + at + 2 * TLanes.Count), TLanes.Load(_v + at + 3 * TLanes.Count));
        TLanes y0 = TLanes.Zero, y1 = y0, y2 = y0, y3 = y0;
        var place = _state + at;
        for (var key = 0; key < _keys; key++, place += _values)
        {
            var (q, k, a) = (TLanes.Of(_q[key]), TLanes.Of(_k[key]), Decay<TLanes>(key));
            y0 = TLanes.MultiplyAdd(q, Next(a, place, k, v0), y0);
            y1 = TLanes.MultiplyAdd(q, Next(a, place + TLanes.Count, k, v1), y1);
            y2 = TLanes.MultiplyAdd(q, Next(a, place + 2 * TLanes.Count, k, v2), y2);
            y3 = TLanes.MultiplyAdd(q, Next(a, place + 3 * TLanes.Count, k, v3), y3);
        }

        y0.Store(_v + at);
        y1.Store(_v + at + TLanes.Count);
        y2.Store(_v + at + 2 * TLanes.Count);
        y3.Store(_v + at + 3 * TLanes.Count);
    }

    private void One<TLanes>(int at)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (v, y) = (TLanes.Load(_v + at), TLanes.Zero);
        var place = _state + at;
        for (var key = 0; key < _keys; key++, place += _values)
            y = TLanes.MultiplyAdd(TLanes.Of(_q[key]), Next(Decay<TLanes>(key), place, TLanes.Of(_k[key]), v), y);
        y.Store(_v + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLanes Decay<TLanes>(int key)
        where TLanes : struct, ILanes<TLanes, T>
        => _decay is null ? TLanes.Of(1.0) : TLanes.Of(_decay[key * _decayStride]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Next<TLanes>(TLanes a, T* place, TLanes k, TLanes v)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var S = TLanes.MultiplyAdd(a, TLanes.Load(place), k * v);
        S.Store(place);
        return S;
    }
}
