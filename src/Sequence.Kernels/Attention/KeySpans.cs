using static TorchSharp.torch;

namespace Sequence.Kernels.Attention;

/// <summary>
/// Which of N keys each of T queries sees: those from a first to a last, and of these, where keys have lifetimes, the ones that are still held. Queries of a row,
/// or of a row and key head, may see others than those of the next. What a padded query gives is left open; a query that sees nothing gives zero.
/// </summary>
public sealed class KeySpans
{
    // [R, T] int64, R being 1, B or B Hkv
    private readonly Tensor? _first, _last;
    private readonly IReadOnlyList<long>? _lengths;
    private readonly bool _all;
    private readonly KeyLifetimes? _lifetimes;

    private KeySpans(Tensor? first, Tensor? last, IReadOnlyList<long>? lengths, KeyLifetimes? lifetimes = null, long heads = 1, bool all = false) =>
        (_first, _last, _lengths, _lifetimes, KeyHeads, _all) = (first, last, lengths, lifetimes, heads, all);

    /// <summary>Every query sees every key.</summary>
    public static KeySpans All { get; } = new(null, null, null, all: true);

    /// <summary>Whether query t sees keys 0 to t.</summary>
    public bool IsCausal => _last is null && !_all;

    /// <summary>Whether what is seen has to be written out as a mask where it is not walked through span by span.</summary>
    public bool NeedsMask => _last is not null;

    /// <summary>Key heads that see for themselves: Hkv, or 1 where all see the same.</summary>
    internal long KeyHeads { get; }

    /// <summary>Query t sees keys 0 to t.</summary>
    /// <param name="lengths">Real queries of each row, the others being padding; null where all are.</param>
    public static KeySpans Causal(IReadOnlyList<long>? lengths = null) => new(null, null, lengths);

    /// <summary>A query in slot s at position p of its document sees slots s - p to s.</summary>
    /// <param name="slots">s, [B or 1, T] int64.</param>
    /// <param name="positions">p, [B or 1, T] int64.</param>
    /// <param name="lengths">Real queries of each row, the others being padding; null where all are.</param>
    public static KeySpans Of(Tensor slots, Tensor positions, IReadOnlyList<long>? lengths = null) => new(slots - positions, slots, lengths);

    /// <summary>A query sees the keys from a first to a last; none, where the last is before the first.</summary>
    /// <param name="first">[B or 1, T] int64, or [B, Hkv, T] where heads see for themselves.</param>
    /// <param name="last">Likewise.</param>
    /// <param name="lengths">Real queries of each row, the others being padding; null where all are.</param>
    /// <param name="lifetimes">When keys leave; null where none does.</param>
    public static KeySpans Between(Tensor first, Tensor last, IReadOnlyList<long>? lengths = null, KeyLifetimes? lifetimes = null)
    {
        if (last.dim() == 2 && lifetimes is not { PerHead: true })
            return new(first, last, lengths, lifetimes);
        var heads = last.dim() == 3 ? last.shape[1] : lifetimes!.Heads;
        var rows = Math.Max(last.shape[0], lifetimes?.Rows ?? 1);
        return new(PerHead(first, rows, heads), PerHead(last, rows, heads), lengths, lifetimes?.Folded(rows, heads), heads);
    }

    /// <summary>What it is made of: for those who keep it longer than a dispose scope.</summary>
    internal IReadOnlyList<Tensor> Tensors => [.. _last is null ? (Tensor[])[] : [_first!, _last], .. _lifetimes?.Tensors ?? []];

    /// <summary>The same, over its <see cref="Tensors"/>.</summary>
    internal KeySpans Over(IReadOnlyList<Tensor> tensors) =>
        _last is null ? this : new(tensors[0], tensors[1], _lengths, _lifetimes?.Over([.. tensors.Skip(2)]), KeyHeads);

    /// <summary>The same, where every key head has become a row.</summary>
    internal KeySpans AsRows() =>
        new(_first, _last, _lengths is null ? null : [.. _lengths.SelectMany(length => Enumerable.Repeat(length, (int)KeyHeads))], _lifetimes);

    /// <summary>What is seen, [R, 1, T, N] bool; null for all of it and where <see cref="IsCausal"/>.</summary>
    public Tensor? Mask(long keys) => _last is null ? null : Mask(keys, 0, _last.shape[1], _last.device);

    /// <summary>What some of the queries see, [R, 1, count, N] bool.</summary>
    /// <param name="keys">N.</param>
    /// <param name="begin">The first of the queries.</param>
    /// <param name="count">How many.</param>
    /// <param name="device">Where to make it.</param>
    public Tensor Mask(long keys, long begin, long count, Device device)
    {
        var j = arange(keys, device: device).view(1, 1, keys);
        if (_last is null)
            return _all ? ones([1, 1, count, keys], @bool, device) : (j <= arange(begin, begin + count, device: device).view(1, count, 1)).unsqueeze(1);

        var (first, last) = (_first!.narrow(1, begin, count).unsqueeze(-1), _last.narrow(1, begin, count).unsqueeze(-1));
        var seen = (j <= last).logical_and(j >= first);
        if (_lifetimes is not null)
            seen = seen.logical_and(_lifetimes.Held(j, last, begin, count));
        return seen.unsqueeze(1);
    }

    /// <summary>Holds spans, lengths and lifetimes against queries [B, T] and keys [B, N].</summary>
    /// <exception cref="ArgumentException">They are of other rows, queries or keys.</exception>
    internal void Hold(Shapes shapes)
    {
        if (_lengths is { } lengths && lengths.Count != shapes["B"])
            throw new ArgumentException($"There are {lengths.Count} lengths for {shapes["B"]} rows.");
        if (_first is not { } first || _last is not { } last)
            return;
        shapes.Fits(shapes.Holds(first, ScalarType.Int64), "B T");
        shapes.Fits(shapes.Holds(last, ScalarType.Int64), "B T");
        _lifetimes?.Hold(shapes);
    }

    /// <summary>What each query sees, key by key.</summary>
    internal QuerySpans Bounds(long rows, long queries, long keys)
    {
        // where no key leaves before an earlier one, what is held is a span
        var rise = _lifetimes is { Rise: true };
        var (firsts, lasts) = (Values(_first), Values(_last));
        var (first, last) = (new int[rows * queries], new int[rows * queries]);
        for (var row = 0L; row < rows; row++)
        {
            var real = _lengths is null ? queries : _lengths[(int)row];
            for (var t = 0L; t < queries; t++)
            {
                var end = Math.Min(_all ? keys - 1 : lasts is null ? t : lasts[At(_last!, row, t)], keys - 1);
                var begin = Math.Max(0, firsts is null ? 0 : firsts[At(_first!, row, t)]);
                if (rise)
                    begin = Math.Max(begin, _lifetimes!.FirstHeld(row, t, end));
                var at = row * queries + t;
                (first[at], last[at]) = t < real ? ((int)begin, (int)end) : (0, -1);
            }
        }

        return new(first, last, queries, keys, rise ? null : _lifetimes?.Written);

        long At(Tensor spread, long row, long t) => spread.shape[0] == 1 ? t : row * queries + t;
    }

    internal static long[]? Values(Tensor? tensor)
    {
        if (tensor is null)
            return null;
        using var here = tensor.cpu();
        using var whole = here.contiguous();
        return whole.data<long>().ToArray();
    }

    private static Tensor PerHead(Tensor index, long rows, long heads) =>
        (index.dim() == 3 ? index : index.unsqueeze(1)).expand(rows, heads, index.shape[^1]).flatten(0, 1);
}
