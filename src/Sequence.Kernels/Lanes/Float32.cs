using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Lanes;

/// <summary>float32 in memory, computed with in float32.</summary>
internal readonly unsafe struct Float32(float value) : IStored<Float32, float>
{
    /// <summary>The number.</summary>
    public float Value { get; } = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(Float32* from) where TLanes : struct, ILanes<TLanes, float> => TLanes.Load((float*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(TLanes values, Float32* to) where TLanes : struct, ILanes<TLanes, float> => values.Store((float*)to);
}
