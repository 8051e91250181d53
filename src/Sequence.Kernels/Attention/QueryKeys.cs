using System.Numerics;
using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Attention;

/// <summary>One query beside the keys and values of a tile, which are read where they lie.</summary>
internal static unsafe class QueryKeys<T, TStored, TLanes>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TStored : unmanaged, IStored<TStored, T>
    where TLanes : struct, ILanes<TLanes, T>
{
    /// <summary>q . k of each key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(T* q, TStored* k, long stride, int keys, int width, T* scores)
    {
        var n = 0;
        for (; n <= keys - 4; n += 4, k += 4 * stride)
        {
            TStored* k1 = k + stride, k2 = k1 + stride, k3 = k2 + stride;
            TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
            Lanes1<T> t0 = Lanes1<T>.Zero, t1 = Lanes1<T>.Zero, t2 = Lanes1<T>.Zero, t3 = Lanes1<T>.Zero;
            var c = 0;
            for (; c <= width - TLanes.Count; c += TLanes.Count)
            {
                var x = TLanes.Load(q + c);
                s0 = TLanes.MultiplyAdd(x, TStored.Load<TLanes>(k + c), s0);
                s1 = TLanes.MultiplyAdd(x, TStored.Load<TLanes>(k1 + c), s1);
                s2 = TLanes.MultiplyAdd(x, TStored.Load<TLanes>(k2 + c), s2);
                s3 = TLanes.MultiplyAdd(x, TStored.Load<TLanes>(k3 + c), s3);
            }

            for (; c < width; c++)
            {
                var x = Lanes1<T>.Load(q + c);
                t0 = Lanes1<T>.MultiplyAdd(x, TStored.Load<Lanes1<T>>(k + c), t0);
                t1 = Lanes1<T>.MultiplyAdd(x, TStored.Load<Lanes1<T>>(k1 + c), t1);
                t2 = Lanes1<T>.MultiplyAdd(x, TStored.Load<Lanes1<T>>(k2 + c), t2);
                t3 = Lanes1<T>.MultiplyAdd(x, TStored.Load<Lanes1<T>>(k3 + c), t3);
            }

            scores[n] = TLanes.Sum(s0) + t0.Value;
            scores[n + 1] = TLanes.Sum(s1) + t1.Value;
            scores[n + 2] = TLanes.Sum(s2) + t2.Value;
            scores[n + 3] = TLanes.Sum(s3) + t3.Value;
        }

        for (; n < keys; n++, k += stride)
            TokenTile<T, TStored, TLanes>.Dot(q, k, stride, 1, width, scores + n);
    }

    /// <summary>Scores become weights e^(s - r'), with r' the largest so far. There is memory for a whole tile of them.</summary>
    /// <returns>r', e^(r - r') and the sum of the weights.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (T Largest, T Shrink, T Sum) Weigh(T* scores, int keys, T largest)
    {
        new Span<T>(scores + keys, AttentionSizes.KeyTile - keys).Fill(T.NegativeInfinity);
        var r = TLanes.Of(largest);
        for (var n = 0; n < keys; n += TLanes.Count)
            r = TLanes.Max(r, TLanes.Load(scores + n));
        var most = TLanes.Largest(r);
        var (all, sum) = (TLanes.Of(most), TLanes.Zero);
        for (var n = 0; n < keys; n += TLanes.Count)
        {
            var weight = LaneMath.Exp<TLanes, T>(TLanes.Load(scores + n) - all);
            weight.Store(scores + n);
            sum += weight;
        }

        return (most, T.Exp(largest - most), TLanes.Sum(sum));
    }

    /// <summary>y = shrink y + sum_n w_n v_n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(T* weights, TStored* v, long stride, int keys, int width, T shrink, T* y)
    {
        var c = 0;
        for (; c <= width - 4 * TLanes.Count; c += 4 * TLanes.Count)
            Four(weights, v + c, stride, keys, shrink, y + c);
        for (; c <= width - TLanes.Count; c += TLanes.Count)
            One<TLanes>(weights, v + c, stride, keys, shrink, y + c);
        for (; c < width; c++)
            One<Lanes1<T>>(weights, v + c, stride, keys, shrink, y + c);
    }

    /// <summary>Four registers of channels, two keys at a time: as many sums as a processor adds to at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(T* weights, TStored* v, long stride, int keys, T shrink, T* y)
    {
        var L = TLanes.Count;
        var factor = TLanes.Of(shrink);
        TLanes a0 = factor * TLanes.Load(y), a1 = factor * TLanes.Load(y + L), a2 = factor * TLanes.Load(y + 2 * L), a3 = factor * TLanes.Load(y + 3 * L);
        TLanes b0 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero, b3 = TLanes.Zero;
        var n = 0;
        for (; n <= keys - 2; n += 2, v += 2 * stride)
        {
            var (w, next) = (TLanes.Of(weights[n]), TLanes.Of(weights[n + 1]));
            var u = v + stride;
            a0 = TLanes.MultiplyAdd(w, TStored.Load<TLanes>(v), a0);
            a1 = TLanes.MultiplyAdd(w, TStored.Load<TLanes>(v + L), a1);
            a2 = TLanes.MultiplyAdd(w, TStored.Load<TLanes>(v + 2 * L), a2);
            a3 = TLanes.MultiplyAdd(w, TStored.Load<TLanes>(v + 3 * L), a3);
            b0 = TLanes.MultiplyAdd(next, TStored.Load<TLanes>(u), b0);
            b1 = TLanes.MultiplyAdd(next, TStored.Load<TLanes>(u + L), b1);
            b2 = TLanes.MultiplyAdd(next, TStored.Load<TLanes>(u + 2 * L), b2);
            b3 = TLanes.MultiplyAdd(next, TStored.Load<TLanes>(u + 3 * L), b3);
        }

        if (n < keys)
        {
            var w = TLanes.Of(weights[n]);
            a0 = TLanes.MultiplyAdd(w, TStored.Load<TLanes>(v), a0);
            a1 = TLanes.MultiplyAdd(w, TStored.Load<TLanes>(v + L), a1);
            a2 = TLanes.MultiplyAdd(w, TStored.Load<TLanes>(v + 2 * L), a2);
            a3 = TLanes.MultiplyAdd(w, TStored.Load<TLanes>(v + 3 * L), a3);
        }

        (a0 + b0).Store(y);
        (a1 + b1).Store(y + L);
        (a2 + b2).Store(y + 2 * L);
        (a3 + b3).Store(y + 3 * L);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<TSome>(T* weights, TStored* v, long stride, int keys, T shrink, T* y)
        where TSome : struct, ILanes<TSome, T>
    {
        var (a, b, n) = (TSome.Of(shrink) * TSome.Load(y), TSome.Zero, 0);
        for (; n <= keys - 2; n += 2, v += 2 * stride)
        {
            a = TSome.MultiplyAdd(TSome.Of(weights[n]), TStored.Load<TSome>(v), a);
            b = TSome.MultiplyAdd(TSome.Of(weights[n + 1]), TStored.Load<TSome>(v + stride), b);
        }

        if (n < keys)
            a = TSome.MultiplyAdd(TSome.Of(weights[n]), TStored.Load<TSome>(v), a);
        (a + b).Store(y);
    }
}
