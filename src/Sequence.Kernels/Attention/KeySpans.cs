using static TorchSharp.torch;

namespace Sequence.Kernels.Attention;

/// <summary>
/// Which of N keys each of T queries sees: those from a first to a last, which both rise with the query in its document. What a padded query gives is left open.
/// </summary>
public sealed class KeySpans
{
    private readonly Tensor? _slots, _positions;
    private readonly IReadOnlyList<long>? _lengths;
    private readonly bool _all;

    private KeySpans(Tensor? slots, Tensor? positions, IReadOnlyList<long>? lengths, bool all = false) =>
        (_slots, _positions, _lengths, _all) = (slots, positions, lengths, all);

    /// <summary>Every query sees every key.</summary>
    public static KeySpans All { get; } = new(null, null, null, all: true);

    /// <summary>Whether query t sees keys 0 to t.</summary>
    public bool IsCausal => _slots is null && !_all;

    /// <summary>Query t sees keys 0 to t.</summary>
    /// <param name="lengths">Real queries of each row, the others being padding; null where all are.</param>
    public static KeySpans Causal(IReadOnlyList<long>? lengths = null) => new(null, null, lengths);

    /// <summary>A query in slot s at position p of its document sees slots s - p to s.</summary>
    /// <param name="slots">s, [B or 1, T] int64.</param>
    /// <param name="positions">p, [B or 1, T] int64.</param>
    /// <param name="lengths">Real queries of each row, the others being padding; null where all are.</param>
    public static KeySpans Of(Tensor slots, Tensor positions, IReadOnlyList<long>? lengths = null) => new(slots, positions, lengths);

    /// <summary>What is seen, [B or 1, 1, T, N] bool; null for all of it and where <see cref="IsCausal"/>.</summary>
    public Tensor? Mask(long keys)
    {
        if (_slots is null)
            return null;
        var (s, p) = (_slots.unsqueeze(-1), _positions!.unsqueeze(-1));
        var j = arange(keys, device: _slots.device).view(1, 1, keys);
        // a padded query may stand behind the last slot: it sees that one, so that its softmax is of something
        return (j <= s).logical_and(j >= (s - p).clamp_max(keys - 1)).unsqueeze(1);
    }

    /// <summary>Holds slots, positions and lengths against queries [B, T].</summary>
    /// <exception cref="ArgumentException">They are of other rows or queries.</exception>
    internal void Hold(Shapes shapes)
    {
        if (_lengths is { } lengths && lengths.Count != shapes["B"])
            throw new ArgumentException($"There are {lengths.Count} lengths for {shapes["B"]} rows.");
        if (_slots is not { } slots || _positions is not { } positions)
            return;
        shapes.Fits(shapes.Holds(slots, ScalarType.Int64), "B T");
        shapes.Fits(shapes.Holds(positions, ScalarType.Int64), "B T");
    }

    /// <summary>First and last key of each query, row by row, [B, T]; a padded query has a last before its first.</summary>
    internal (int[] First, int[] Last) Bounds(long rows, long queries, long keys)
    {
        var (slots, positions) = (Values(_slots), Values(_positions));
        var (first, last) = (new int[rows * queries], new int[rows * queries]);
        for (var row = 0L; row < rows; row++)
        {
            var real = _lengths is null ? queries : _lengths[(int)row];
            for (var t = 0L; t < queries; t++)
            {
                var s = _all ? keys - 1 : slots is null ? t : slots[At(_slots!, row, t)];
                var begin = slots is null ? 0 : s - positions![At(_positions!, row, t)];
                var at = row * queries + t;
                (first[at], last[at]) = t < real ? ((int)Math.Max(0, begin), (int)Math.Min(s, keys - 1)) : (0, -1);
            }
        }

        return (first, last);

        long At(Tensor spread, long row, long t) => spread.shape[0] == 1 ? t : row * queries + t;
    }

    private static long[]? Values(Tensor? tensor)
    {
        if (tensor is null)
            return null;
        using var whole = tensor.contiguous();
        return whole.data<long>().ToArray();
    }
}
