using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sequence.Kernels.Lanes;

/// <summary>The lanes of a register of 512 bits.</summary>
internal readonly unsafe struct Lanes512<T>(Vector512<T> values) : ILanes<Lanes512<T>, T>
    where T : unmanaged
{
    private readonly Vector512<T> _values = values;

    /// <inheritdoc/>
    public static int Count => Vector512<T>.Count;

    /// <inheritdoc/>
    public static Lanes512<T> Zero => new(Vector512<T>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Of(T value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Of(double value) => typeof(T) == typeof(double) ? new(Vector512.Create(value).As<double, T>()) : new(Vector512.Create((float)value).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(T* from) => new(Vector512.Load(from));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(BFloat16* from) =>
        new((Vector512.WidenLower(Vector256.Load((ushort*)from).ToVector512Unsafe()) << 16).As<uint, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* to) => Vector512.Store(_values, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(BFloat16* to)
    {
        var bits = _values.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) >>> 16;
        // a NaN stays one, whatever its low bits are
        var upper = Vector512.ConditionalSelect(Vector512.Equals(_values.AsSingle(), _values.AsSingle()).AsUInt32(), rounded, (bits >>> 16) | Vector512.Create(0x40u));
        Vector512.Narrow(upper, upper).GetLower().Store((ushort*)to);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> x, Lanes512<T> y) => new(x._values + y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> x, Lanes512<T> y) => new(x._values - y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> x) => new(-x._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> x, Lanes512<T> y) => new(x._values * y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator /(Lanes512<T> x, Lanes512<T> y) => new(x._values / y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> x, Lanes512<T> y, Lanes512<T> z) => typeof(T) == typeof(double)
        ? new(Vector512.MultiplyAddEstimate(x._values.AsDouble(), y._values.AsDouble(), z._values.AsDouble()).As<double, T>())
        : new(Vector512.MultiplyAddEstimate(x._values.AsSingle(), y._values.AsSingle(), z._values.AsSingle()).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Max(Lanes512<T> x, Lanes512<T> y) => new(Vector512.MaxNative(x._values, y._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Min(Lanes512<T> x, Lanes512<T> y) => new(Vector512.MinNative(x._values, y._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Sqrt(Lanes512<T> x) => new(Vector512.Sqrt(x._values));

    /// <inheritdoc/>
    public static (Lanes512<T> Sin, Lanes512<T> Cos) SinCos(Lanes512<T> x)
    {
        if (typeof(T) == typeof(double))
        {
            var (sin, cos) = Vector512.SinCos(x._values.AsDouble());
            return (new(sin.As<double, T>()), new(cos.As<double, T>()));
        }
        else
        {
            var (sin, cos) = Vector512.SinCos(x._values.AsSingle());
            return (new(sin.As<float, T>()), new(cos.As<float, T>()));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Abs(Lanes512<T> x) => new(Vector512.Abs(x._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> WhereLess(Lanes512<T> x, Lanes512<T> y, Lanes512<T> then, Lanes512<T> otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(x._values, y._values), then._values, otherwise._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllLess(Lanes512<T> x, Lanes512<T> y) => Vector512.LessThanAll(x._values, y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Scale(Lanes512<T> p, Lanes512<T> magic) => typeof(T) == typeof(double)
        ? new((p._values.AsInt64() + (magic._values.AsInt64() << 52)).As<long, T>())
        : new((p._values.AsInt32() + (magic._values.AsInt32() << 23)).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Lanes512<T> x) => Vector512.Sum(x._values);

    /// <inheritdoc/>
    public static T Largest(Lanes512<T> x)
    {
        return Lanes256<T>.Largest(new(Vector256.MaxNative(x._values.GetLower(), x._values.GetUpper())));
    }
}
