using System.Diagnostics.CodeAnalysis;
using Sequence.Caching;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// The state of an <see cref="EntryLayer"/>: entries of the current document of each row, those that the policy has kept, and what the layer's scan remembers
/// where it has one. G is Hkv where the policy decides head by head, else 1; n is the largest number of entries of any row and head.
/// <code>
/// seen            [B, 1] int64              tokens of the current document
/// places          [B, G, n] int64           where in the document each token stands, counted from 1; 0 where there is no entry
/// keys, values    [B, Hkv, n, K or V]       not rotated, as the policy has them stored; with scales [B, Hkv, n, 1] float32 each, where of eight bits
/// signals         [B, G, n] float32         those of the policy that last
/// </code>
/// The entries of a row and head are its first columns, in any order. The tensors are the used part of buffers: <see cref="MixerState.Bytes"/> counts entries, and
/// <see cref="ReservedBytes"/> what lies beside them: room to grow, and keys as their positions rotate them, so that a step rotates its own key and not all.
/// No copy of the state carries either.
/// </summary>
public sealed class EntryCache : MixerState
{
    private const long SmallestCapacity = 64, Slack = 16;

    // [B], and [B, G] one row after the other
    private readonly long[] _seen;
    private readonly long[] _counts;

    // what one call alone knows
    private readonly Dictionary<EntrySignal, Tensor> _passing = [];

    private Tensor _seenThere;
    private EntryColumn _places, _keys, _values;
    private EntryColumn? _keyScales, _valueScales, _rotated;
    private EntryColumn[] _signals;
    private bool _ordered, _moved;

    internal EntryCache(EntryLayout layout, long[] positions, MixerState? scan, IReadOnlyList<Tensor> tensors) : base(positions)
    {
        (Layout, Scan) = (layout, scan);
        Take(tensors);
        using var scope = NewDisposeScope();
        _seen = Host<long>(_seenThere);
        (_counts, _ordered) = Counted(_places.Used);
        PeakBytes = HeldBytes;
    }

    /// <summary>What decides about the entries; null where nothing ever leaves.</summary>
    public CachePolicy? Policy => Layout.Policy;

    /// <summary>What the layer's scan remembers; null without one.</summary>
    public MixerState? Scan { get; private set; }

    /// <summary>Entries of each head, row by row, [B, G].</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Most bytes held inside any call of this state: entries are written before those that the policy does not keep are dropped.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes beside the entries: room to grow, and rotated keys.</summary>
    public long ReservedBytes =>
        Columns.Sum(column => column.SpareBytes) + (_rotated is null ? 0 : _rotated.SpareBytes + _rotated.Used.numel() * _rotated.Used.element_size());

    /// <summary>Where in its document the token of each entry stands, [B, G, n] int64, in no particular order; -1 where there is no entry.</summary>
    public Tensor EntryPositions => _places.Used - 1;

    /// <summary>Keys, not rotated, [B, Hkv, n, K], column by column beside <see cref="EntryPositions"/>.</summary>
    public Tensor Keys => EntryCodec.Decode(_keys.Used, _keyScales?.Used, Layout.Element);

    /// <summary>Values, [B, Hkv, n, V], likewise.</summary>
    public Tensor Values => EntryCodec.Decode(_values.Used, _valueScales?.Used, Layout.Element);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors
    {
        get
        {
            Settle();
            return [.. Scan?.Tensors ?? [], _seenThere, .. Columns.Select(column => column.Used)];
        }
    }

    internal EntryLayout Layout { get; }

    /// <summary>Columns used, n.</summary>
    internal long Width => _places.Count;

    /// <summary>Tokens of the current document of each row.</summary>
    internal IReadOnlyList<long> Seen => _seen;

    /// <summary>Whether every row and head holds as many entries as there are columns.</summary>
    internal bool IsFull => Array.TrueForAll(_counts, count => count == Width);

    private long Heads => Layout.Deciders;

    private long HeldBytes => Batch * (EntryLayout.FixedBytes + Width * Layout.UnitBytes) + (Scan?.Bytes ?? 0);

    private IEnumerable<EntryColumn> Columns =>
        ((EntryColumn?[])[_places, _keys, _values, _keyScales, _valueScales, .. _signals]).OfType<EntryColumn>();

    private IEnumerable<EntryColumn> Moving => _rotated is null ? Columns : Columns.Append(_rotated);

    /// <inheritdoc/>
    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors)
    {
        var scanned = Scan?.Tensors.Count ?? 0;
        return new EntryCache(Layout, positions, Scan?.Over([.. positions], [.. tensors.Take(scanned)]), [.. tensors.Skip(scanned)]);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _moved = false;
        base.Dispose();
        Scan?.Dispose();
        _rotated?.Used.Dispose();
        Forget();
    }

    /// <summary>Entries of each head, [B, G] int64.</summary>
    internal Tensor CountsThere() => tensor(_counts).view(Batch, Heads).to(_seenThere.device);

    /// <summary>Tokens of the current document of each row, [B] int64.</summary>
    internal Tensor SeenThere() => tensor(_seen).to(_seenThere.device);

    /// <summary>Writes t tokens behind what is there: row r the first lengths[r] of them. Padded ones are written too, where the next real ones will be.</summary>
    /// <param name="entries">What is held of them.</param>
    /// <param name="rotated">Keys as their positions rotate them, [B, Hkv, t, K]; null where they are not kept.</param>
    /// <param name="positions">Within the document, [B or 1, t].</param>
    /// <param name="context">How many of them are real.</param>
    internal void Append(Entries entries, Tensor? rotated, Tensor positions, SequenceContext context)
    {
        using var scope = NewDisposeScope();
        var t = entries.Keys.shape[2];
        var (from, aligned) = (_counts.Length == 0 ? 0 : _counts.Max(), IsFull);
        var slots = aligned ? null : CountsThere().unsqueeze(-1) + arange(t, device: positions.device);
        _moved = true;
        for (var row = 0; row < Batch; row++)
        {
            var length = context.LengthOf(row, t);
            _seen[row] += length;
            for (var head = 0L; head < Heads; head++)
                _counts[row * Heads + head] += length;
        }

        var used = _counts.Length == 0 ? 0 : _counts.Max();
        var capacity = Grown(from + t, t);
        Write(_places, (positions + 1).unsqueeze(1).expand(Batch, Heads, t));
        WriteCoded(_keys, _keyScales, entries.Keys);
        WriteCoded(_values, _valueScales, entries.Values);
        foreach (var (signal, column) in Layout.Columns.Zip(_signals))
            Write(column, Beginning(signal, entries, t));
        if (_rotated is not null)
            Write(_rotated, rotated!);
        Clear();
        PeakBytes = Math.Max(PeakBytes, HeldBytes);

        void Write(EntryColumn column, Tensor tokens) => column.Write(tokens, slots, from, used, capacity);

        void WriteCoded(EntryColumn column, EntryColumn? scales, Tensor tokens)
        {
            var (stored, scale) = EntryCodec.Encode(tokens.detach(), Layout.Storage);
            Write(column, stored);
            if (scales is not null)
                Write(scales, scale!);
        }
    }

    /// <summary>Row r has seen as many tokens more as <paramref name="context"/> says, of t.</summary>
    internal void Count(SequenceContext context, long t)
    {
        for (var row = 0; row < Batch; row++)
            Positions[row] += context.LengthOf(row, t);
    }

    /// <summary>Puts the columns into the order of their positions, where they are not.</summary>
    internal void Order()
    {
        if (_ordered)
            return;
        using var scope = NewDisposeScope();
        var order = InOrder();
        foreach (var column in Moving)
            column.Keep(order, column.Capacity);
        _ordered = true;
    }

    /// <summary>What a policy sees.</summary>
    /// <param name="isPrefill">Whether the call took more than one token in.</param>
    internal CacheView View(bool isPrefill)
    {
        var order = _ordered ? null : InOrder();
        return new EntryView(Layout, Sorted(_places.Used) - 1, SeenThere().view(Batch, 1, 1), () => Sorted(Keys), () => Sorted(Values), Signal, isPrefill);

        Tensor Signal(EntrySignal signal)
        {
            var at = Index(signal);
            return Sorted(at >= 0 ? _signals[at].Used : _passing[signal]);
        }

        Tensor Sorted(Tensor columns)
        {
            if (order is null)
                return columns;
            var shape = columns.shape;
            return columns.gather(2, shape.Length > 3 ? order.unsqueeze(-1).expand(shape) : order.expand(shape));
        }
    }

    /// <summary>What a policy says of the columns of <see cref="View"/>, [B, G or 1, n], as one of the cache's own.</summary>
    internal Tensor Unsorted(Tensor decision)
    {
        decision = decision.expand(_places.Used.shape);
        return _ordered ? decision : zeros_like(decision).scatter(2, InOrder(), decision);
    }

    /// <summary>Gives a signal to the columns, [B, G, n]: added to what calls before gave, where it lasts.</summary>
    internal void Give(EntrySignal signal, Tensor values)
    {
        var at = Index(signal);
        if (at >= 0)
            _signals[at].Used.add_(values);
        else
            _passing[signal] = Own(values);
    }

    /// <summary>Drops every entry but those to keep, [B, G, n] bool, and frees what they took.</summary>
    internal void Keep(Tensor keep)
    {
        using var scope = NewDisposeScope();
        var flags = Host<bool>(keep);
        var kept = new long[_counts.Length];
        var (n, most) = ((int)Width, 0L);
        for (var at = 0; at < kept.Length; at++)
        {
            kept[at] = flags.AsSpan(at * n, (int)_counts[at]).Count(true);
            most = Math.Max(most, _counts[at] - kept[at]);
        }

        if (most == 1)
            Fill(flags, kept);
        else if (most > 1)
            Gather(flags, kept);
        Forget();
    }

    /// <summary>Keys as their positions rotate them, [B, Hkv, n, K].</summary>
    internal Tensor Rotated(EntryLayer layer)
    {
        if (Layout.Storage != EntryStorage.Full)
            return layer.Rotate(Keys, HeadPositions());
        return (_rotated ??= new(layer.Rotate(Keys, HeadPositions()).contiguous())).Used.alias();
    }

    /// <summary>Which columns hold the token that each row took in last, [B, G, n] bool.</summary>
    internal Tensor Newest() => _places.Used == SeenThere().view(Batch, 1, 1);

    /// <summary>How many entries of the same row and head come before each one, [B, G, n] int64.</summary>
    internal Tensor Ranks() => _ordered ? arange(Width, device: _seenThere.device).expand(_places.Used.shape) : InOrder().argsort(-1);

    /// <summary>Positions as keys are rotated by, [B, n] where all heads decide alike, else [B, Hkv, n].</summary>
    internal Tensor HeadPositions() => Heads == 1 ? EntryPositions.squeeze(1) : EntryPositions;

    /// <summary>Takes over what <paramref name="other"/>, of the same rows, holds; it is not to be used any more.</summary>
    internal void Become(EntryCache other)
    {
        var peak = Math.Max(PeakBytes, other.PeakBytes);
        Dispose();
        Scan = other.Scan;
        (_seenThere, _places, _keys, _values) = (other._seenThere, other._places, other._keys, other._values);
        (_keyScales, _valueScales, _rotated, _signals, _ordered) = (other._keyScales, other._valueScales, other._rotated, other._signals, other._ordered);
        other._seen.CopyTo(_seen, 0);
        _moved = other._moved;
        other._counts.CopyTo(_counts, 0);
        PeakBytes = peak;
    }

    private static T[] Host<T>(Tensor tensor)
        where T : unmanaged
        => tensor.cpu().contiguous().data<T>().ToArray();

    /// <summary>Entries of each row and head, [B, G], and whether all stand in the order of their positions.</summary>
    private static (long[] Counts, bool Ordered) Counted(Tensor places)
    {
        var all = Host<long>(places);
        var n = (int)places.shape[2];
        var counts = new long[places.shape[0] * places.shape[1]];
        var ordered = true;
        for (var at = 0; at < counts.Length; at++)
        {
            var row = all.AsSpan(at * n, n);
            counts[at] = row.IndexOf(0) is >= 0 and var end ? end : n;
            for (var j = 1; j < counts[at]; j++)
                ordered &= row[j - 1] < row[j];
        }

        return (counts, ordered);
    }

    [MemberNotNull(nameof(_seenThere), nameof(_places), nameof(_keys), nameof(_values), nameof(_signals))]
    private void Take(IReadOnlyList<Tensor> tensors)
    {
        var next = 0;
        _seenThere = Own(tensors[next++]);
        _places = new(tensors[next++]);
        _keys = new(tensors[next++]);
        _values = new(tensors[next++]);
        if (Layout.Storage == EntryStorage.Int8)
            (_keyScales, _valueScales) = (new(tensors[next++]), new(tensors[next++]));
        _signals = [.. tensors.Skip(next).Select(tensor => new EntryColumn(tensor))];
    }

    /// <summary>Brings what is listed up to date with what is counted here.</summary>
    private void Settle()
    {
        if (!_moved)
            return;
        using var scope = NewDisposeScope();
        _seenThere.copy_(tensor(_seen).view(Batch, 1));
        _moved = false;
    }

    private int Index(EntrySignal signal) => Layout.Columns.ToList().IndexOf(signal);

    private Tensor Beginning(EntrySignal signal, Entries entries, long t) => signal is EntrySignal.Score
        ? entries.Scores!.unsqueeze(1).expand(Batch, Heads, t)
        : zeros([Batch, Heads, t], ScalarType.Float32, _seenThere.device);

    /// <summary>Columns to make room for, where so many are needed.</summary>
    private long Grown(long needed, long t)
    {
        var capacity = _places.Capacity;
        if (needed <= capacity)
            return capacity;
        if (Layout.Decides)
            return t > 1 ? needed : needed + Math.Max(Slack, needed / 4);
        return Math.Max(SmallestCapacity, Math.Max(needed, 2 * capacity));
    }

    /// <summary>Columns in the order of their positions, [B, G, n]; those without an entry last.</summary>
    private Tensor InOrder() => _places.Used.masked_fill(_places.Used == 0, long.MaxValue).argsort(-1);

    /// <summary>One entry a head leaves at most: the last one takes its place.</summary>
    private void Fill(bool[] flags, long[] kept)
    {
        var n = (int)Width;
        var (from, to) = (new long[kept.Length], new long[kept.Length]);
        for (var at = 0; at < kept.Length; at++)
        {
            from[at] = to[at] = Math.Max(0, _counts[at] - 1);
            if (kept[at] == _counts[at])
                continue;
            to[at] = flags.AsSpan(at * n, n).IndexOf(false);
            _ordered &= to[at] == from[at];
        }

        var used = kept.Max();
        var (source, target) = (There(from), There(to));
        foreach (var column in Moving)
            column.Move(source, target, used);
        kept.CopyTo(_counts, 0);
        Clear();
    }

    /// <summary>The entries kept, in the order of their positions, in buffers that fit them.</summary>
    private void Gather(bool[] flags, long[] kept)
    {
        Order(flags);
        var n = (int)Width;
        var used = kept.Max();
        var order = new long[kept.Length * used];
        for (var at = 0; at < kept.Length; at++)
        {
            var next = at * used;
            for (var j = 0; j < _counts[at]; j++)
            {
                if (flags[at * n + j])
                    order[next++] = j;
            }
        }

        var capacity = 2 * used < _places.Capacity ? Math.Min(_places.Capacity, used + Math.Max(Slack, used / 4)) : _places.Capacity;
        var there = There(order);
        foreach (var column in Moving)
            column.Keep(there, capacity);
        kept.CopyTo(_counts, 0);
        Clear();
    }

    /// <summary>As <see cref="Order()"/>, and flags of columns with them.</summary>
    private void Order(bool[] flags)
    {
        if (_ordered)
            return;
        Host<bool>(tensor(flags).view(_places.Used.shape).to(_seenThere.device).gather(2, InOrder())).CopyTo(flags, 0);
        Order();
    }

    /// <summary>Marks columns behind the entries of a head as such: padding was written there, or entries that have left stand there still.</summary>
    private void Clear()
    {
        if (!IsFull)
            _places.Used.masked_fill_(arange(Width, device: _seenThere.device) >= CountsThere().unsqueeze(-1), 0);
    }

    private Tensor There(long[] index) => tensor(index).view(Batch, Heads, -1).to(_seenThere.device);

    private void Forget()
    {
        foreach (var passing in _passing.Values)
            passing.Dispose();
        _passing.Clear();
    }
}
