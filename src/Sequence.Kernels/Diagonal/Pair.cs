using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>Lanes of complex numbers.</summary>
internal readonly struct Pair<TLanes, T>(TLanes re, TLanes im)
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Real parts.</summary>
    public readonly TLanes Re = re;

    /// <summary>Imaginary parts.</summary>
    public readonly TLanes Im = im;

    /// <summary>x y + z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<TLanes, T> MultiplyAdd(Pair<TLanes, T> x, Pair<TLanes, T> y, Pair<TLanes, T> z) => new(
        TLanes.MultiplyAdd(-x.Im, y.Im, TLanes.MultiplyAdd(x.Re, y.Re, z.Re)),
        TLanes.MultiplyAdd(x.Im, y.Re, TLanes.MultiplyAdd(x.Re, y.Im, z.Im)));

    /// <summary>conj(x) y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<TLanes, T> ConjugateMultiply(Pair<TLanes, T> x, Pair<TLanes, T> y) => new(
        TLanes.MultiplyAdd(x.Im, y.Im, x.Re * y.Re),
        TLanes.MultiplyAdd(x.Re, y.Im, -(x.Im * y.Re)));
}
