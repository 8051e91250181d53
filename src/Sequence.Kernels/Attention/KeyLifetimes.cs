using static TorchSharp.torch;

namespace Sequence.Kernels.Attention;

/// <summary>
/// When keys leave: key j is seen by a query of time t where t &lt;= l_j. A mask of N numbers instead of T x N.
/// </summary>
public sealed class KeyLifetimes
{
    // [R, T] and [R, N] int64
    private readonly Tensor _times, _lifetimes;
    private readonly bool _ownAlways;
    private readonly Lazy<(long[] Times, long[] Lifetimes)> _values;

    /// <summary>Lifetimes of keys, and the times of queries that they are compared with.</summary>
    /// <param name="times">t, [B or 1, T] int64.</param>
    /// <param name="lifetimes">l, [B or 1, N] int64, or [B, Hkv, N] where heads hold keys of their own.</param>
    /// <param name="ownAlways">Whether a query sees the last key of its span whatever its lifetime.</param>
    public KeyLifetimes(Tensor times, Tensor lifetimes, bool ownAlways)
    {
        (_times, _lifetimes, _ownAlways) = (times, lifetimes, ownAlways);
        _values = new(() => (KeySpans.Values(_times)!, KeySpans.Values(_lifetimes)!));
    }

    /// <summary>Whether heads hold keys of their own.</summary>
    internal bool PerHead => _lifetimes.dim() == 3;

    /// <summary>Heads that hold keys of their own.</summary>
    internal long Heads => PerHead ? _lifetimes.shape[1] : 1;

    /// <summary>Rows that keys are held in, or 1 where all are alike.</summary>
    internal long Rows => Math.Max(_times.shape[0], _lifetimes.shape[0]);

    /// <summary>What it is made of.</summary>
    internal IReadOnlyList<Tensor> Tensors => [_times, _lifetimes];

    /// <summary>The same, over its <see cref="Tensors"/>.</summary>
    internal KeyLifetimes Over(IReadOnlyList<Tensor> tensors) => new(tensors[0], tensors[1], _ownAlways);

    /// <summary>Times and lifetimes row by row, and whether a query sees its own key always.</summary>
    internal (long[] Times, long[] Lifetimes, bool OwnAlways) Written => (_values.Value.Times, _values.Value.Lifetimes, _ownAlways);

    /// <summary>Whether no key leaves before an earlier one, so that what is held is a span.</summary>
    internal bool Rise
    {
        get
        {
            var n = (int)_lifetimes.shape[^1];
            var values = _values.Value.Lifetimes;
            for (var at = 1; at < values.Length; at++)
            {
                if (at % n != 0 && values[at] < values[at - 1])
                    return false;
            }

            return true;
        }
    }

    /// <summary>The same, a row for each head of each of so many rows.</summary>
    internal KeyLifetimes Folded(long rows, long heads)
    {
        var lifetimes = (PerHead ? _lifetimes : _lifetimes.unsqueeze(1)).expand(rows, heads, _lifetimes.shape[^1]).flatten(0, 1);
        return new(_times.unsqueeze(1).expand(rows, heads, _times.shape[1]).flatten(0, 1), lifetimes, _ownAlways);
    }

    /// <summary>Holds times and lifetimes against queries [B, T] and keys [B, N].</summary>
    /// <exception cref="ArgumentException">They are of other rows, queries or keys.</exception>
    internal void Hold(Shapes shapes)
    {
        shapes.Fits(shapes.Holds(_times, ScalarType.Int64), "B T");
        shapes.Fits(shapes.Holds(_lifetimes, ScalarType.Int64), "B N");
    }

    /// <summary>Which keys queries may still see, [R, count, N] bool.</summary>
    internal Tensor Held(Tensor keys, Tensor last, long begin, long count)
    {
        var held = _times.narrow(1, begin, count).unsqueeze(-1) <= _lifetimes.unsqueeze(1);
        return _ownAlways ? held.logical_or(keys == last) : held;
    }

    /// <summary>The first key that is held when a query asks, where lifetimes rise.</summary>
    internal long FirstHeld(long row, long query, long last)
    {
        var (times, lifetimes) = _values.Value;
        var n = _lifetimes.shape[1];
        var time = times[(_times.shape[0] == 1 ? 0 : row * _times.shape[1]) + query];
        var from = (int)(_lifetimes.shape[0] == 1 ? 0 : row * n);

        // the first of lifetimes that rise to be no less than the time
        var (low, high) = (0L, n);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = lifetimes[from + middle] < time ? (middle + 1, high) : (low, middle);
        }

        return _ownAlways ? Math.Min(low, last) : low;
    }
}
