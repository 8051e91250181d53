using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Lanes;

/// <summary>
/// 2^(x f) where x f is known to lie in [-<see cref="Most"/>, <see cref="Most"/>]: nothing is to be cut off, so the product is never needed by itself, and its whole and its
/// broken part are a multiply-add each. A NaN gives a NaN; what other products outside give is left open.
/// </summary>
internal readonly struct NearPowerOfTwo<TLanes, T> : IPowerOfTwo<NearPowerOfTwo<TLanes, T>, TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>The largest |x f|: the result and its inverse are normal numbers of float32.</summary>
    public const double Most = 126;

    private readonly TLanes _magic, _c5, _c4, _one;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private NearPowerOfTwo(double magic)
    {
        _magic = PowerOfTwo<TLanes, T>.Loaded(magic);
        _c5 = PowerOfTwo<TLanes, T>.Loaded(LaneMath.Exp2C5);
        _c4 = PowerOfTwo<TLanes, T>.Loaded(LaneMath.Exp2C4);
        _one = PowerOfTwo<TLanes, T>.Loaded(1.0);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NearPowerOfTwo<TLanes, T> Load() => new(12582912.0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Of(TLanes x, TLanes f)
    {
        if (typeof(T) == typeof(double))
            return LaneMath.Exp2<TLanes, T>(x * f);
        var magic = TLanes.MultiplyAdd(x, f, _magic);
        var r = TLanes.MultiplyAdd(x, f, _magic - magic);
        var p = TLanes.MultiplyAdd(_c5, r, _c4);
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(LaneMath.Exp2C3));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(LaneMath.Exp2C2));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(LaneMath.Exp2C1));
        return TLanes.Scale(TLanes.MultiplyAdd(p, r, _one), magic);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (TLanes X, TLanes Y) Of(TLanes x, TLanes y, TLanes f)
    {
        if (typeof(T) == typeof(double))
            return (LaneMath.Exp2<TLanes, T>(x * f), LaneMath.Exp2<TLanes, T>(y * f));
        var xMagic = TLanes.MultiplyAdd(x, f, _magic);
        var yMagic = TLanes.MultiplyAdd(y, f, _magic);
        x = TLanes.MultiplyAdd(x, f, _magic - xMagic);
        y = TLanes.MultiplyAdd(y, f, _magic - yMagic);
        var p = TLanes.MultiplyAdd(_c5, x, _c4);
        var q = TLanes.MultiplyAdd(_c5, y, _c4);
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C3));
        q = TLanes.MultiplyAdd(q, y, TLanes.Of(LaneMath.Exp2C3));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C2));
        q = TLanes.MultiplyAdd(q, y, TLanes.Of(LaneMath.Exp2C2));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C1));
        q = TLanes.MultiplyAdd(q, y, TLanes.Of(LaneMath.Exp2C1));
        p = TLanes.MultiplyAdd(p, x, _one);
        q = TLanes.MultiplyAdd(q, y, _one);
        return (TLanes.Scale(p, xMagic), TLanes.Scale(q, yMagic));
    }
}
