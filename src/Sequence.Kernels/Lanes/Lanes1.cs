using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Lanes;

/// <summary>One number: the plain twin of the vectors, and what takes the numbers left over at the end of a row.</summary>
internal readonly unsafe struct Lanes1<T>(T value) : ILanes<Lanes1<T>, T>
    where T : unmanaged
{
    /// <summary>The number.</summary>
    public T Value { get; } = value;

    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static Lanes1<T> Zero => default;

    private double Double => Unsafe.BitCast<T, double>(Value);

    private float Single => Unsafe.BitCast<T, float>(Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Of(T value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Of(double value) => typeof(T) == typeof(double) ? From(value) : From((float)value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Load(T* from) => new(*from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Load(BFloat16* from) => From(from->Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* to) => *to = Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(BFloat16* to) => *to = BFloat16.Of(Single);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator +(Lanes1<T> x, Lanes1<T> y) => typeof(T) == typeof(double) ? From(x.Double + y.Double) : From(x.Single + y.Single);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator -(Lanes1<T> x, Lanes1<T> y) => typeof(T) == typeof(double) ? From(x.Double - y.Double) : From(x.Single - y.Single);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator -(Lanes1<T> x) => typeof(T) == typeof(double) ? From(-x.Double) : From(-x.Single);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator *(Lanes1<T> x, Lanes1<T> y) => typeof(T) == typeof(double) ? From(x.Double * y.Double) : From(x.Single * y.Single);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> operator /(Lanes1<T> x, Lanes1<T> y) => typeof(T) == typeof(double) ? From(x.Double / y.Double) : From(x.Single / y.Single);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> MultiplyAdd(Lanes1<T> x, Lanes1<T> y, Lanes1<T> z) => typeof(T) == typeof(double) ? From(double.MultiplyAddEstimate(x.Double, y.Double, z.Double)) : From(float.MultiplyAddEstimate(x.Single, y.Single, z.Single));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Max(Lanes1<T> x, Lanes1<T> y) => typeof(T) == typeof(double) ? From(double.MaxNative(x.Double, y.Double)) : From(float.MaxNative(x.Single, y.Single));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Min(Lanes1<T> x, Lanes1<T> y) => typeof(T) == typeof(double) ? From(double.MinNative(x.Double, y.Double)) : From(float.MinNative(x.Single, y.Single));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Sqrt(Lanes1<T> x) => typeof(T) == typeof(double) ? From(Math.Sqrt(x.Double)) : From(MathF.Sqrt(x.Single));

    /// <inheritdoc/>
    public static (Lanes1<T> Sin, Lanes1<T> Cos) SinCos(Lanes1<T> x)
    {
        if (typeof(T) == typeof(double))
        {
            var (sin, cos) = Math.SinCos(x.Double);
            return (From(sin), From(cos));
        }
        else
        {
            var (sin, cos) = MathF.SinCos(x.Single);
            return (From(sin), From(cos));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Abs(Lanes1<T> x) => typeof(T) == typeof(double) ? From(Math.Abs(x.Double)) : From(MathF.Abs(x.Single));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> WhereLess(Lanes1<T> x, Lanes1<T> y, Lanes1<T> then, Lanes1<T> otherwise) =>
        (typeof(T) == typeof(double) ? x.Double < y.Double : x.Single < y.Single) ? then : otherwise;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllLess(Lanes1<T> x, Lanes1<T> y) => typeof(T) == typeof(double) ? x.Double < y.Double : x.Single < y.Single;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1<T> Scale(Lanes1<T> p, Lanes1<T> magic) => typeof(T) == typeof(double)
        ? From(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(p.Double) + (BitConverter.DoubleToInt64Bits(magic.Double) << 52)))
        : From(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(p.Single) + (BitConverter.SingleToInt32Bits(magic.Single) << 23)));

    /// <inheritdoc/>
    public static T Sum(Lanes1<T> x) => x.Value;

    /// <inheritdoc/>
    public static T Largest(Lanes1<T> x) => x.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes1<T> From(double value) => new(Unsafe.BitCast<double, T>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes1<T> From(float value) => new(Unsafe.BitCast<float, T>(value));
}
