using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Lanes;

/// <summary>
/// 2^x as <see cref="LaneMath.Exp2"/> computes it, for a loop that does little else: several at once, step by step beside each other, so that none waits for
/// another, and with those of the constants in registers that are no operand of an instruction otherwise.
/// </summary>
internal readonly struct PowerOfTwo<TLanes, T> : IPowerOfTwo<PowerOfTwo<TLanes, T>, TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged
{
    private readonly TLanes _least, _most, _magic, _c5;

    /// <summary>Loads the constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PowerOfTwo()
    {
        _least = Loaded(-127.0);
        _most = Loaded(128.0);
        _magic = Loaded(12582912.0);
        _c5 = Loaded(LaneMath.Exp2C5);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PowerOfTwo<TLanes, T> Load() => new();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Of(TLanes x, TLanes f) => Of(x * f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (TLanes X, TLanes Y) Of(TLanes x, TLanes y, TLanes f)
    {
        x *= f;
        y *= f;
        if (typeof(T) == typeof(double))
            return (LaneMath.Exp2<TLanes, T>(x), LaneMath.Exp2<TLanes, T>(y));
        x = TLanes.Min(_most, x);
        y = TLanes.Min(_most, y);
        x = TLanes.Max(_least, x);
        y = TLanes.Max(_least, y);
        var xMagic = x + _magic;
        var yMagic = y + _magic;
        x -= xMagic - _magic;
        y -= yMagic - _magic;
        var p = TLanes.MultiplyAdd(_c5, x, TLanes.Of(LaneMath.Exp2C4));
        var q = TLanes.MultiplyAdd(_c5, y, TLanes.Of(LaneMath.Exp2C4));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C3));
        q = TLanes.MultiplyAdd(q, y, TLanes.Of(LaneMath.Exp2C3));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C2));
        q = TLanes.MultiplyAdd(q, y, TLanes.Of(LaneMath.Exp2C2));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C1));
        q = TLanes.MultiplyAdd(q, y, TLanes.Of(LaneMath.Exp2C1));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(1.0));
        q = TLanes.MultiplyAdd(q, y, TLanes.Of(1.0));
        return (TLanes.Scale(p, xMagic), TLanes.Scale(q, yMagic));
    }

    /// <summary>2^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Of(TLanes x)
    {
        if (typeof(T) == typeof(double))
            return LaneMath.Exp2<TLanes, T>(x);
        x = TLanes.Max(_least, TLanes.Min(_most, x));
        var magic = x + _magic;
        x -= magic - _magic;
        var p = TLanes.MultiplyAdd(_c5, x, TLanes.Of(LaneMath.Exp2C4));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C3));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C2));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(LaneMath.Exp2C1));
        p = TLanes.MultiplyAdd(p, x, TLanes.Of(1.0));
        return TLanes.Scale(p, magic);
    }

    // not inlined: a constant that the compiler sees is read from memory at each use
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TLanes Loaded(double constant) => TLanes.Of(constant);
}
