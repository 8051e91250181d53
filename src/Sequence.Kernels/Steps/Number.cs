using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Steps;

/// <summary>Single numbers of the type that is computed in.</summary>
internal static class Number
{
    /// <summary>As float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of<T>(T x)
        where T : unmanaged
        => typeof(T) == typeof(double) ? Unsafe.BitCast<T, double>(x) : Unsafe.BitCast<T, float>(x);
}
