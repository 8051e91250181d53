using System.Numerics;

namespace Sequence.Kernels.Attention;

/// <summary>Which keys the queries of one tile see.</summary>
/// <typeparam name="T">float or double: what bounds are compared in, exact for the few keys of a tile.</typeparam>
internal readonly unsafe ref struct QueryBounds<T>
    where T : unmanaged, INumber<T>
{
    private readonly ReadOnlySpan<int> _first, _last;
    private readonly int _latestFirst, _earliestLast;

    /// <summary>Of the queries whose bounds these are.</summary>
    public QueryBounds(ReadOnlySpan<int> first, ReadOnlySpan<int> last)
    {
        _first = first;
        _last = last;
        (Begin, End, _latestFirst, _earliestLast) = (int.MaxValue, 0, 0, int.MaxValue);
        for (var m = 0; m < first.Length; m++)
        {
            _earliestLast = Math.Min(_earliestLast, last[m]);
            _latestFirst = Math.Max(_latestFirst, first[m]);
            if (first[m] <= last[m])
                (Begin, End) = (Math.Min(Begin, first[m]), Math.Max(End, last[m] + 1));
        }

        Begin = Math.Min(Begin, End);
    }

    /// <summary>The first key that any query sees.</summary>
    public int Begin { get; }

    /// <summary>Behind the last key that any query sees.</summary>
    public int End { get; }

    /// <summary>Whether each query sees all keys of a tile.</summary>
    public bool All(int key, int count) => _latestFirst <= key && _earliestLast >= key + count - 1;

    /// <summary>First and last key of each query, counted from the first of a tile; places of no query see none.</summary>
    public void Fill(int key, T* first, T* last, int places)
    {
        for (var m = 0; m < places; m++)
        {
            first[m] = T.CreateChecked(m < _first.Length ? Math.Clamp(_first[m] - key, 0, AttentionSizes.KeyTile) : 0);
            last[m] = T.CreateChecked(m < _last.Length ? Math.Clamp(_last[m] - key, -1, AttentionSizes.KeyTile) : -1);
        }
    }
}
