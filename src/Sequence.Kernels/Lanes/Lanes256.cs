using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sequence.Kernels.Lanes;

/// <summary>The lanes of a register of 256 bits.</summary>
internal readonly unsafe struct Lanes256<T>(Vector256<T> values) : ILanes<Lanes256<T>, T>
    where T : unmanaged
{
    private readonly Vector256<T> _values = values;

    /// <inheritdoc/>
    public static int Count => Vector256<T>.Count;

    /// <inheritdoc/>
    public static Lanes256<T> Zero => new(Vector256<T>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Of(T value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Of(double value) => typeof(T) == typeof(double) ? new(Vector256.Create(value).As<double, T>()) : new(Vector256.Create((float)value).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(T* from) => new(Vector256.Load(from));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(BFloat16* from) =>
        new((Vector256.WidenLower(Vector128.Load((ushort*)from).ToVector256Unsafe()) << 16).As<uint, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* to) => Vector256.Store(_values, to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(BFloat16* to)
    {
        var bits = _values.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >>> 16) & Vector256<uint>.One)) >>> 16;
        // a NaN stays one, whatever its low bits are
        var upper = Vector256.ConditionalSelect(Vector256.Equals(_values.AsSingle(), _values.AsSingle()).AsUInt32(), rounded, (bits >>> 16) | Vector256.Create(0x40u));
        Vector256.Narrow(upper, upper).GetLower().Store((ushort*)to);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> x, Lanes256<T> y) => new(x._values + y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> x, Lanes256<T> y) => new(x._values - y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> x) => new(-x._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> x, Lanes256<T> y) => new(x._values * y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator /(Lanes256<T> x, Lanes256<T> y) => new(x._values / y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> x, Lanes256<T> y, Lanes256<T> z) => typeof(T) == typeof(double)
        ? new(Vector256.MultiplyAddEstimate(x._values.AsDouble(), y._values.AsDouble(), z._values.AsDouble()).As<double, T>())
        : new(Vector256.MultiplyAddEstimate(x._values.AsSingle(), y._values.AsSingle(), z._values.AsSingle()).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Max(Lanes256<T> x, Lanes256<T> y) => new(Vector256.MaxNative(x._values, y._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Min(Lanes256<T> x, Lanes256<T> y) => new(Vector256.MinNative(x._values, y._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Sqrt(Lanes256<T> x) => new(Vector256.Sqrt(x._values));

    /// <inheritdoc/>
    public static (Lanes256<T> Sin, Lanes256<T> Cos) SinCos(Lanes256<T> x)
    {
        if (typeof(T) == typeof(double))
        {
            var (sin, cos) = Vector256.SinCos(x._values.AsDouble());
            return (new(sin.As<double, T>()), new(cos.As<double, T>()));
        }
        else
        {
            var (sin, cos) = Vector256.SinCos(x._values.AsSingle());
            return (new(sin.As<float, T>()), new(cos.As<float, T>()));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Abs(Lanes256<T> x) => new(Vector256.Abs(x._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> WhereLess(Lanes256<T> x, Lanes256<T> y, Lanes256<T> then, Lanes256<T> otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(x._values, y._values), then._values, otherwise._values));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllLess(Lanes256<T> x, Lanes256<T> y) => Vector256.LessThanAll(x._values, y._values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Scale(Lanes256<T> p, Lanes256<T> magic) => typeof(T) == typeof(double)
        ? new((p._values.AsInt64() + (magic._values.AsInt64() << 52)).As<long, T>())
        : new((p._values.AsInt32() + (magic._values.AsInt32() << 23)).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Lanes256<T> x) => Vector256.Sum(x._values);

    /// <inheritdoc/>
    public static T Largest(Lanes256<T> x)
    {
        return Lanes128<T>.Largest(new(Vector128.MaxNative(x._values.GetLower(), x._values.GetUpper())));
    }
}
