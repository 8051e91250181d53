using System.Runtime.CompilerServices;

namespace Sequence.Kernels.Lanes;

/// <summary>The upper half of a float32 in memory, computed with in float32.</summary>
internal readonly unsafe struct BFloat16(ushort bits) : IStored<BFloat16, float>
{
    /// <summary>Sign, 8 bits of exponent, 7 of fraction.</summary>
    public ushort Bits { get; } = bits;

    /// <summary>Exactly.</summary>
    public float Value => BitConverter.UInt32BitsToSingle((uint)Bits << 16);

    /// <summary>Nearest, halves to even; a NaN stays one.</summary>
    public static BFloat16 Of(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? new((ushort)((bits >> 16) | 0x40)) : new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(BFloat16* from) where TLanes : struct, ILanes<TLanes, float> => TLanes.Load(from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(TLanes values, BFloat16* to) where TLanes : struct, ILanes<TLanes, float> => values.Store(to);
}
