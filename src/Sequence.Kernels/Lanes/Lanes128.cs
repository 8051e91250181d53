using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sequence.Kernels.Lanes;

/// <summary>The lanes of a register of 128 bits.</summary>
internal readonly unsafe struct Lanes128<T>(Vector128<T> values) : ILanes<Lanes128<T>, T>
    where T : unmanaged
{
    private readonly Vector128<T> _values = values;

    /// <inheritdoc/>
    public static int Count => Vector128<T>.Count;

    /// <inheritdoc/>
    public static Lanes128<T> Zero => new(Vector128<T>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Of(T value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Of(double value) => typeof(T) == typeof(double) ? new(Vector128.Create(value).As<double, T>()) : new(Vector128.Create((float)value).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(T* from) => new(Vector128.Load(from));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(BFloat16* from) =>
        new((Vector128.WidenLower(Vector64.Load((ushort*)from).ToVector128Unsafe()) << 16).As<uint, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* to) => Vector128.Store(_values, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(BFloat16* to)
    {
        var bits = _values.AsUInt32();
        var rounded = (bits + Vector128.Create(0x7FFFu) + ((bits >>> 16) & Vector128<uint>.One)) >>> 16;
        // a NaN stays one, whatever its low bits are
        var upper = Vector128.ConditionalSelect(Vector128.Equals(_values.AsSingle(), _values.AsSingle()).AsUInt32(), rounded, (bits >>> 16) | Vector128.Create(0x40u));
        Vector128.Narrow(upper, upper).GetLower().Store((ushort*)to);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> x, Lanes128<T> y) => new(x._values + y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> x, Lanes128<T> y) => new(x._values - y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> x) => new(-x._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> x, Lanes128<T> y) => new(x._values * y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator /(Lanes128<T> x, Lanes128<T> y) => new(x._values / y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> x, Lanes128<T> y, Lanes128<T> z) => typeof(T) == typeof(double)
        ? new(Vector128.MultiplyAddEstimate(x._values.AsDouble(), y._values.AsDouble(), z._values.AsDouble()).As<double, T>())
        : new(Vector128.MultiplyAddEstimate(x._values.AsSingle(), y._values.AsSingle(), z._values.AsSingle()).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Max(Lanes128<T> x, Lanes128<T> y) => new(Vector128.MaxNative(x._values, y._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Min(Lanes128<T> x, Lanes128<T> y) => new(Vector128.MinNative(x._values, y._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Sqrt(Lanes128<T> x) => new(Vector128.Sqrt(x._values));

    /// <inheritdoc/>
    public static (Lanes128<T> Sin, Lanes128<T> Cos) SinCos(Lanes128<T> x)
    {
        if (typeof(T) == typeof(double))
        {
            var (sin, cos) = Vector128.SinCos(x._values.AsDouble());
            return (new(sin.As<double, T>()), new(cos.As<double, T>()));
        }
        else
        {
            var (sin, cos) = Vector128.SinCos(x._values.AsSingle());
            return (new(sin.As<float, T>()), new(cos.As<float, T>()));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Abs(Lanes128<T> x) => new(Vector128.Abs(x._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> WhereLess(Lanes128<T> x, Lanes128<T> y, Lanes128<T> then, Lanes128<T> otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(x._values, y._values), then._values, otherwise._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllLess(Lanes128<T> x, Lanes128<T> y) => Vector128.LessThanAll(x._values, y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Scale(Lanes128<T> p, Lanes128<T> magic) => typeof(T) == typeof(double)
        ? new((p._values.AsInt64() + (magic._values.AsInt64() << 52)).As<long, T>())
        : new((p._values.AsInt32() + (magic._values.AsInt32() << 23)).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Lanes128<T> x) => Vector128.Sum(x._values);

    /// <inheritdoc/>
    public static T Largest(Lanes128<T> x)
    {
        var largest = x._values[0];
        for (var lane = 1; lane < Count; lane++)
            largest = Lanes1<T>.Max(new(largest), new(x._values[lane])).Value;
        return largest;
    }
}
