using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Outer;

/// <summary>Elementwise work on rows of whole lanes.</summary>
internal static unsafe class LaneRows<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<TLanes, T>
{
    /// <summary>x y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(T* x, T* y, T* to, int count)
    {
        for (var at = 0; at < count; at += TLanes.Count)
            (TLanes.Load(x + at) * TLanes.Load(y + at)).Store(to + at);
    }

    /// <summary>x y, with one number y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(T* x, T y, T* to, int count)
    {
        var factor = TLanes.Of(y);
        for (var at = 0; at < count; at += TLanes.Count)
            (TLanes.Load(x + at) * factor).Store(to + at);
    }

    /// <summary>Rows of x, each times the row y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyRows(T* x, T* y, int rows, int count)
    {
        for (var row = 0; row < rows; row++)
            Multiply(x + (nint)row * count, y, x + (nint)row * count, count);
    }

    /// <summary>The same number everywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fill(T* to, T value, int count) => new Span<T>(to, count).Fill(value);

    /// <summary>sum of x y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Dot(T* x, T* y, int count)
    {
        TLanes left = TLanes.Zero, right = TLanes.Zero;
        for (var at = 0; at < count; at += 2 * TLanes.Count)
        {
            left = TLanes.MultiplyAdd(TLanes.Load(x + at), TLanes.Load(y + at), left);
            right = TLanes.MultiplyAdd(TLanes.Load(x + at + TLanes.Count), TLanes.Load(y + at + TLanes.Count), right);
        }

        return TLanes.Sum(left + right);
    }

    /// <summary>e^x, and 0 where x is minus infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exp(T* x, T* to, int count)
    {
        for (var at = 0; at < count; at += TLanes.Count)
            LaneMath.Exp<TLanes, T>(TLanes.Load(x + at)).Store(to + at);
    }
}
