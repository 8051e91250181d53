using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Lanes;

/// <summary>Numbers held in memory as they are computed with: <see cref="Float32"/> or <see cref="Float64"/>, whichever T is.</summary>
internal readonly unsafe struct AsComputed<T>(T value) : IStored<AsComputed<T>, T>
    where T : unmanaged
{
    /// <summary>The number.</summary>
    public T Value { get; } = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(AsComputed<T>* from) where TLanes : struct, ILanes<TLanes, T> => TLanes.Load((T*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(TLanes values, AsComputed<T>* to) where TLanes : struct, ILanes<TLanes, T> => values.Store((T*)to);
}
