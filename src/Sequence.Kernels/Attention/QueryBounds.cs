using System.Numerics;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Attention;

/// <summary>Which keys the queries of one tile see.</summary>
/// <typeparam name="T">float or double: what bounds are compared in, exact for the few keys of a tile.</typeparam>
internal readonly unsafe ref struct QueryBounds<T>
    where T : unmanaged, INumber<T>
{
    // farther from a tile's first query than any query of it, and a whole number in float32
    private const long Far = 1 << 20;

    private readonly ReadOnlySpan<int> _first, _last;
    private readonly ReadOnlySpan<long> _times, _lifetimes;
    private readonly int _latestFirst, _earliestLast;
    private readonly long _earliest, _latest;
    private readonly bool _ownAlways;

    /// <summary>Of some of the queries of a row.</summary>
    public QueryBounds(QuerySpans spans, int row, int start, int queries)
    {
        var at = (int)(row * spans.Queries) + start;
        _first = spans.First.AsSpan(at, queries);
        _last = spans.Last.AsSpan(at, queries);
        (Begin, End, _latestFirst, _earliestLast) = (int.MaxValue, 0, 0, int.MaxValue);
        (_earliest, _latest) = (long.MaxValue, long.MinValue);
        if (spans.Leaving is { } leaving)
        {
            _times = spans.Times(row).Slice(start, queries);
            _lifetimes = spans.Lifetimes(row);
            _ownAlways = leaving.OwnAlways;
        }

        for (var m = 0; m < queries; m++)
        {
            _earliestLast = Math.Min(_earliestLast, _last[m]);
            _latestFirst = Math.Max(_latestFirst, _first[m]);
            if (_first[m] > _last[m])
                continue;
            (Begin, End) = (Math.Min(Begin, _first[m]), Math.Max(End, _last[m] + 1));
            if (!_times.IsEmpty)
                (_earliest, _latest) = (Math.Min(_earliest, _times[m]), Math.Max(_latest, _times[m]));
        }

        Begin = Math.Min(Begin, End);
    }

    /// <summary>Numbers that <see cref="Hide"/> works in.</summary>
    public static long ScratchSize => 3 * AttentionSizes.QueryTile + AttentionSizes.KeyTile;

    /// <summary>The first key that any query sees.</summary>
    public int Begin { get; }

    /// <summary>Behind the last key that any query sees.</summary>
    public int End { get; }

    /// <summary>Whether no query sees any key of a tile, all having left.</summary>
    public bool None(int key, int count)
    {
        if (_times.IsEmpty)
            return false;
        foreach (var lifetime in _lifetimes.Slice(key, count))
        {
            if (lifetime >= _earliest)
                return false;
        }

        return !_ownAlways || _last.IndexOfAnyInRange(key, key + count - 1) < 0;
    }

    /// <summary>Whether each query sees all keys of a tile.</summary>
    public bool All(int key, int count)
    {
        if (_latestFirst > key || _earliestLast < key + count - 1)
            return false;
        if (!_times.IsEmpty)
        {
            foreach (var lifetime in _lifetimes.Slice(key, count))
            {
                if (lifetime < _latest)
                    return false;
            }
        }

        return true;
    }

    /// <summary>Scores of a tile that queries do not see become minus infinity; places of no query see none.</summary>
    public void Hide<TLanes>(T* S, int key, int keys, int places, T* scratch)
        where TLanes : struct, ILanes<TLanes, T>
    {
        const int M = AttentionSizes.QueryTile;
        T* first = scratch, last = first + M, times = last + M, lifetimes = times + M;
        for (var m = 0; m < places; m++)
        {
            first[m] = T.CreateChecked(m < _first.Length ? Math.Clamp(_first[m] - key, 0, AttentionSizes.KeyTile) : 0);
            last[m] = T.CreateChecked(m < _last.Length ? Math.Clamp(_last[m] - key, -1, AttentionSizes.KeyTile) : -1);
        }

        if (_times.IsEmpty)
        {
            ScoreTile<T, TLanes>.Hide(S, keys, places, first, last);
            return;
        }

        for (var m = 0; m < places; m++)
            times[m] = T.CreateChecked(m < _times.Length ? Math.Clamp(_times[m] - _earliest, 0, Far) : 0);
        for (var n = 0; n < keys; n++)
            lifetimes[n] = T.CreateChecked(_lifetimes[key + n] < _earliest ? -1 : Math.Min(Math.Min(_lifetimes[key + n], long.MaxValue / 2) - _earliest, Far));
        ScoreTile<T, TLanes>.HideLeft(S, keys, places, first, last, times, lifetimes, _ownAlways ? 0 : 1);
    }
}
