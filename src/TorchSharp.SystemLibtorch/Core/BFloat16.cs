using System.Globalization;

namespace TorchSharp;

/// <summary>The upper half of a float32: eight bits of exponent, seven of fraction. Rounds to the nearest, ties to even.</summary>
public readonly struct BFloat16 : IEquatable<BFloat16>, IComparable<BFloat16>
{
    private readonly ushort _bits;

    public BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        _bits = float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private BFloat16(ushort bits) => _bits = bits;

    public static BFloat16 FromRawValue(ushort value) => new(value);

    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)_bits << 16);

    public static explicit operator BFloat16(float value) => new(value);
    public static explicit operator BFloat16(double value) => new((float)value);
    public static explicit operator float(BFloat16 value) => value.ToSingle();
    public static explicit operator double(BFloat16 value) => value.ToSingle();

    public static BFloat16 operator +(BFloat16 left, BFloat16 right) => new(left.ToSingle() + right.ToSingle());
    public static BFloat16 operator -(BFloat16 left, BFloat16 right) => new(left.ToSingle() - right.ToSingle());
    public static BFloat16 operator *(BFloat16 left, BFloat16 right) => new(left.ToSingle() * right.ToSingle());
    public static BFloat16 operator /(BFloat16 left, BFloat16 right) => new(left.ToSingle() / right.ToSingle());
    public static BFloat16 operator -(BFloat16 value) => new(-value.ToSingle());
    public static bool operator ==(BFloat16 left, BFloat16 right) => left.ToSingle() == right.ToSingle();
    public static bool operator !=(BFloat16 left, BFloat16 right) => left.ToSingle() != right.ToSingle();
    public static bool operator <(BFloat16 left, BFloat16 right) => left.ToSingle() < right.ToSingle();
    public static bool operator >(BFloat16 left, BFloat16 right) => left.ToSingle() > right.ToSingle();
    public static bool operator <=(BFloat16 left, BFloat16 right) => left.ToSingle() <= right.ToSingle();
    public static bool operator >=(BFloat16 left, BFloat16 right) => left.ToSingle() >= right.ToSingle();

    public bool Equals(BFloat16 other) => ToSingle().Equals(other.ToSingle());
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);
    public override int GetHashCode() => ToSingle().GetHashCode();
    public int CompareTo(BFloat16 other) => ToSingle().CompareTo(other.ToSingle());
    public override string ToString() => ToSingle().ToString(CultureInfo.InvariantCulture);
}
