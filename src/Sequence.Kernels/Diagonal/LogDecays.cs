using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>a = e^l, and b as it is. Where l is the same for all tokens, so is its gradient: their sum, which starts from zero.</summary>
internal unsafe struct LogDecays<T, TStored>(
    Tokens<TStored> l, Tokens<TStored> b = default, Tokens<TStored> gl = default, Tokens<T> glOfAll = default, Tokens<TStored> gb = default) : IDiagonalInput<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    private TStored* _l, _b, _gl, _gb;
    private T* _glOfAll;

    /// <inheritdoc/>
    public void Enter(int row, long t, int start)
    {
        _l = l.At(row, t, start);
        _b = b.At(row, t, start);
        _gl = gl.At(row, t, start);
        _glOfAll = glOfAll.IsNone ? null : glOfAll.At(row, 0, start);
        _gb = gb.At(row, t, start);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly (TLanes A, TLanes B) Read<TLanes>(int channel)
        where TLanes : struct, ILanes<TLanes, T>
        => (Decay<TLanes>(channel), TStored.Load<TLanes>(_b + channel));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLanes Decay<TLanes>(int channel)
        where TLanes : struct, ILanes<TLanes, T>
        => LaneMath.Exp<TLanes, T>(TStored.Load<TLanes>(_l + channel));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void WriteGradient<TLanes>(int channel, TLanes a, TLanes ga, TLanes gb)
        where TLanes : struct, ILanes<TLanes, T>
    {
        if (_glOfAll is null)
            TStored.Store(a * ga, _gl + channel);
        else
            TLanes.MultiplyAdd(a, ga, TLanes.Load(_glOfAll + channel)).Store(_glOfAll + channel);
        TStored.Store(gb, _gb + channel);
    }
}
