using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Attention;

/// <summary>Tokens of a head, [tokens, K], between memory and scratch.</summary>
internal static unsafe class TokenTile<T, TStored, TLanes>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
    where TLanes : struct, ILanes<TLanes, T>
{
    /// <summary>As a matrix: where it lies if that is one stretch of numbers as they are computed with, else copied to scratch.</summary>
    public static Matrix<T> Of(TStored* from, long stride, int tokens, int width, T* scratch)
    {
        if (stride == width && (typeof(TStored) == typeof(Float32) || typeof(TStored) == typeof(Float64)))
            return new((T*)from, width);
        Read(from, stride, tokens, width, scratch, TLanes.Of(1.0), Lanes1<T>.Of(1.0));
        return new(scratch, width);
    }

    /// <summary>Copied to scratch with a factor; further tokens up to <paramref name="places"/> are zero.</summary>
    public static void Read(TStored* from, long stride, int tokens, int width, T* scratch, double factor, int places)
    {
        Read(from, stride, tokens, width, scratch, TLanes.Of(factor), Lanes1<T>.Of(factor));
        new Span<T>(scratch + (long)tokens * width, (places - tokens) * width).Clear();
    }

    /// <summary>Each token with a factor of its own, to memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(T* scratch, int tokens, int width, TStored* to, long stride, T* factors)
    {
        for (var t = 0; t < tokens; t++, scratch += width, to += stride)
        {
            var (factor, single) = (TLanes.Of(factors[t]), Lanes1<T>.Of(factors[t]));
            var c = 0;
            for (; c <= width - TLanes.Count; c += TLanes.Count)
                TStored.Store(factor * TLanes.Load(scratch + c), to + c);
            for (; c < width; c++)
                TStored.Store(single * Lanes1<T>.Load(scratch + c), to + c);
        }
    }

    /// <summary>Each token times a factor of its own, in scratch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(T* scratch, int tokens, int width, T* factors)
    {
        for (var t = 0; t < tokens; t++, scratch += width)
        {
            var (factor, single) = (TLanes.Of(factors[t]), Lanes1<T>.Of(factors[t]));
            var c = 0;
            for (; c <= width - TLanes.Count; c += TLanes.Count)
                (factor * TLanes.Load(scratch + c)).Store(scratch + c);
            for (; c < width; c++)
                (single * Lanes1<T>.Load(scratch + c)).Store(scratch + c);
        }
    }

    /// <summary>x . y of each token, y in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot(T* x, TStored* y, long stride, int tokens, int width, T* products)
    {
        for (var t = 0; t < tokens; t++, x += width, y += stride)
        {
            var (sum, single) = (TLanes.Zero, Lanes1<T>.Zero);
            var c = 0;
            for (; c <= width - TLanes.Count; c += TLanes.Count)
                sum = TLanes.MultiplyAdd(TLanes.Load(x + c), TStored.Load<TLanes>(y + c), sum);
            for (; c < width; c++)
                single = Lanes1<T>.MultiplyAdd(Lanes1<T>.Load(x + c), TStored.Load<Lanes1<T>>(y + c), single);
            products[t] = (Lanes1<T>.Of(TLanes.Sum(sum)) + single).Value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(TStored* from, long stride, int tokens, int width, T* scratch, TLanes factor, Lanes1<T> single)
    {
        for (var t = 0; t < tokens; t++, scratch += width, from += stride)
        {
            var c = 0;
            for (; c <= width - TLanes.Count; c += TLanes.Count)
                (factor * TStored.Load<TLanes>(from + c)).Store(scratch + c);
            for (; c < width; c++)
                (single * TStored.Load<Lanes1<T>>(from + c)).Store(scratch + c);
        }
    }
}
