using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Attention;

/// <summary>
/// The elementwise work on a tile of scores. A tile is held by keys, S: [keys, queries], with queries along the lanes, so that maxima and sums over keys need
/// nothing from lane to lane.
/// </summary>
internal static unsafe class ScoreTile<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<TLanes, T>
{
    /// <summary>From a key to the next.</summary>
    public const int Stride = AttentionSizes.QueryTile;

    /// <summary>Stands for minus infinity where nothing has been seen: it is less than any score, and two of it have a difference.</summary>
    public const double Least = -1e30;

    /// <summary>Scores that a query does not see become minus infinity. Bounds are counted from the tile's first key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Hide(T* S, int keys, int queries, T* first, T* last)
    {
        for (var m = 0; m < queries; m += TLanes.Count)
        {
            var (begin, end, n) = (TLanes.Load(first + m), TLanes.Load(last + m), TLanes.Zero);
            var (one, hidden) = (TLanes.Of(1.0), TLanes.Of(double.NegativeInfinity));
            for (var at = S + m; at < S + m + keys * Stride; at += Stride)
            {
                var score = TLanes.WhereLess(n, begin, hidden, TLanes.Load(at));
                TLanes.WhereLess(end, n, hidden, score).Store(at);
                n += one;
            }
        }
    }

    /// <summary>
    /// As <see cref="Hide"/>, and scores of keys that have left become minus infinity too: those of a lifetime less than the query's time. A query's own key, its last
    /// one plus <paramref name="own"/>, is not asked.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HideLeft(T* S, int keys, int queries, T* first, T* last, T* times, T* lifetimes, int own)
    {
        for (var m = 0; m < queries; m += TLanes.Count)
        {
            var (begin, end, time, n) = (TLanes.Load(first + m), TLanes.Load(last + m), TLanes.Load(times + m), TLanes.Zero);
            var (one, hidden) = (TLanes.Of(1.0), TLanes.Of(double.NegativeInfinity));
            var owned = end + TLanes.Of((double)own);
            var lifetime = lifetimes;
            for (var at = S + m; at < S + m + keys * Stride; at += Stride, lifetime++)
            {
                var score = TLanes.Load(at);
                var held = TLanes.WhereLess(TLanes.Of(*lifetime), time, hidden, score);
                score = TLanes.WhereLess(n, owned, held, score);
                score = TLanes.WhereLess(n, begin, hidden, score);
                TLanes.WhereLess(end, n, hidden, score).Store(at);
                n += one;
            }
        }
    }

    /// <summary>
    /// Takes a tile into an online softmax (arXiv 1805.02867): with r the largest score so far and l the sum of e^(s - r),
    /// <code>r' = max(r, max s)        S = e^(S - r')        shrink = e^(r - r')        l' = shrink l + sum S</code>
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take(T* S, int keys, int queries, T* largest, T* sum, T* shrink)
    {
        for (var m = 0; m < queries; m += TLanes.Count)
        {
            var end = S + m + keys * Stride;
            var before = TLanes.Load(largest + m);
            var r = before;
            for (var at = S + m; at < end; at += Stride)
                r = TLanes.Max(r, TLanes.Load(at));
            var total = TLanes.Zero;
            for (var at = S + m; at < end; at += Stride)
            {
                var weight = LaneMath.Exp<TLanes, T>(TLanes.Load(at) - r);
                weight.Store(at);
                total += weight;
            }

            var factor = LaneMath.Exp<TLanes, T>(before - r);
            factor.Store(shrink + m);
            r.Store(largest + m);
            TLanes.MultiplyAdd(factor, TLanes.Load(sum + m), total).Store(sum + m);
        }
    }

    /// <summary>P = e^(S - L), over S, and the gradient of scores P (G - d), over the gradient of weights G. L: log-sum-exp; d: sum_k dy y, both a query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate(T* S, T* G, int keys, int queries, T* logSum, T* delta)
    {
        for (var m = 0; m < queries; m += TLanes.Count)
        {
            var (L, d) = (TLanes.Load(logSum + m), TLanes.Load(delta + m));
            var gradient = G + m;
            for (var at = S + m; at < S + m + keys * Stride; at += Stride, gradient += Stride)
            {
                var weight = LaneMath.Exp<TLanes, T>(TLanes.Load(at) - L);
                weight.Store(at);
                (weight * (TLanes.Load(gradient) - d)).Store(gradient);
            }
        }
    }
}
