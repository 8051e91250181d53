using System.Collections;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor's sizes as one value: made from numbers, arrays or tuples.</summary>
    public readonly struct Size : IEnumerable<long>, IEquatable<Size>
    {
        private readonly long[] _sizes;

        public Size(long[] shape) => _sizes = [.. shape];

        public Size(IEnumerable<long> shape) => _sizes = [.. shape];

        public Size(long size) => _sizes = [size];

        public Size(ReadOnlySpan<long> shape) => _sizes = shape.ToArray();

        public int Length => Sizes.Length;

        public bool IsEmpty => Sizes.Length == 0;

        public bool IsScalar => IsEmpty;

        /// <summary>The sizes themselves, a copy.</summary>
        public long[] Shape => [.. Sizes];

        private long[] Sizes => _sizes ?? [];

        public long this[int idx] => Sizes[idx < 0 ? Sizes.Length + idx : idx];

        public static implicit operator Size(long value) => new(value);
        public static implicit operator Size(long[] value) => new(value);
        public static implicit operator Size((long, long) value) => new([value.Item1, value.Item2]);
        public static implicit operator Size((long, long, long) value) => new([value.Item1, value.Item2, value.Item3]);
        public static implicit operator Size((long, long, long, long) value) => new([value.Item1, value.Item2, value.Item3, value.Item4]);
        public static bool operator ==(Size left, Size right) => left.Equals(right);
        public static bool operator !=(Size left, Size right) => !left.Equals(right);

        /// <summary>The number of elements.</summary>
        public long numel() => Sizes.TotalSize();

        public Size Slice(int first, int next) => new(Sizes.AsSpan()[first..next]);

        public Size Take(int dims) => new(Sizes.AsSpan()[..dims]);

        public ReadOnlySpan<long> AsSpan() => Sizes;

        public bool Equals(Size other) => Sizes.AsSpan().SequenceEqual(other.Sizes);

        public override bool Equals(object? obj) => obj is Size other && Equals(other);

        public override int GetHashCode() => Sizes.Aggregate(0, HashCode.Combine);

        public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)Sizes).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => $"[{string.Join(", ", Sizes)}]";
    }
}
