using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Lanes;

/// <summary>float64 in memory, computed with in float64.</summary>
internal readonly unsafe struct Float64(double value) : IStored<Float64, double>
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(Float64* from) where TLanes : struct, ILanes<TLanes, double> => TLanes.Load((double*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(TLanes values, Float64* to) where TLanes : struct, ILanes<TLanes, double> => values.Store((double*)to);
}
