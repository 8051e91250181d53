using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Transformer;

/// <summary>
/// Keys and values of the tokens seen. Row r fills slots 0..n_r - 1 of
/// <code>
/// keys, values    [B, Hkv, n, K]    not rotated
/// positions       [B, n] int64      within the document
/// </code>
/// where n is the largest n_r; what lies beyond n_r is not valid. The tensors are the used part of buffers that grow geometrically:
/// <see cref="MixerState.Bytes"/> counts entries of tokens, not the room to grow (at most as much again), nor the rotated form that may lie behind
/// each key, so that a step rotates its own keys and not all. No copy of the state carries either.
/// </summary>
public sealed class KeyValueCache : MixerState
{
    private const long SmallestCapacity = 64;

    private Tensor _keys;
    private Tensor _values;
    private Tensor _positions;
    private bool _rotated;
    private long _capacity;

    internal KeyValueCache(long[] counts, Tensor keys, Tensor values, Tensor positions) : base(counts) =>
        (_keys, _values, _positions, _capacity) = (Own(keys), Own(values), Own(positions), positions.shape[1]);

    /// <summary>Keys, [B, Hkv, n, K].</summary>
    public Tensor Keys => _keys;

    /// <summary>Values, [B, Hkv, n, K].</summary>
    public Tensor Values => _values;

    /// <summary>Keys as their positions rotate them, [B, Hkv, n, K]. The current scope owns the tensor, the cache its content.</summary>
    /// <param name="rotate">Rotates keys by positions; asked for all of them only where none are kept yet: at first, and after a copy.</param>
    public Tensor Rotated(Func<Tensor, Tensor, Tensor> rotate)
    {
        var (B, H, n, K) = (_keys.shape[0], _keys.shape[1], _keys.shape[2], _keys.shape[3]);
        if (!_rotated)
        {
            using var scope = NewDisposeScope();
            var pairs = zeros([B, H, _capacity, 2 * K], _keys.dtype, _keys.device).narrow(2, 0, n);
            pairs.copy_(cat([_keys, rotate(_keys, _positions)], -1));
            TakeKeys(pairs);
            _rotated = true;
        }

        return Pairs().narrow(3, K, K);
    }

    /// <summary>Position of each entry within its document, [B, n] int64.</summary>
    public Tensor EntryPositions => _positions;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => [_keys, _values, _positions];

    /// <summary>Entries of each row, [B] int64.</summary>
    public Tensor Counts() => tensor(Positions).to(_positions.device);

    /// <summary>Tokens of the current document that each row has seen, [B] int64.</summary>
    public Tensor Seen()
    {
        if (_positions.shape[1] == 0)
            return zeros_like(Counts());
        var counts = Counts().unsqueeze(1);
        var last = _positions.gather(1, (counts - 1).clamp_min(0)) + 1;
        return last.masked_fill(counts == 0, 0).squeeze(1);
    }

    /// <summary>Appends t tokens: keys and values [B, Hkv, t, K], positions [B, t]. Row r keeps the first lengths[r] of them.</summary>
    /// <param name="keys">Not rotated.</param>
    /// <param name="rotated">Rotated, where those of all entries are kept.</param>
    /// <param name="values">As they are.</param>
    /// <param name="positions">Within the document.</param>
    /// <param name="context">How many of them are real.</param>
    internal void Append(Tensor keys, Tensor rotated, Tensor values, Tensor positions, SequenceContext context)
    {
        var (B, H, t, K) = (keys.shape[0], keys.shape[1], keys.shape[2], keys.shape[3]);

        // padded tokens are written behind the real ones, where the next real ones will be
        var room = Positions.Max() + t;
        var slots = Counts().unsqueeze(1) + arange(t, device: keys.device).unsqueeze(0);
        for (var row = 0; row < B; row++)
            Positions[row] += context.LengthOf(row, t);
        var used = Positions.Max();

        var capacity = room <= _capacity ? _capacity : Math.Max(SmallestCapacity, Math.Max(room, 2 * _capacity));
        var perHead = slots.view(B, 1, t, 1).expand(B, H, t, K);
        if (_rotated)
        {
            var pairs = Pairs();
            Extend(ref pairs, 2, capacity, used, buffer => buffer.scatter_(2, slots.view(B, 1, t, 1).expand(B, H, t, 2 * K), cat([keys, rotated], -1).detach().to(buffer.dtype)));
            TakeKeys(pairs);
            pairs.Dispose();
        }
        else
        {
            Extend(ref _keys, 2, capacity, used, buffer => buffer.scatter_(2, perHead, keys.detach().to(buffer.dtype)));
        }

        Extend(ref _values, 2, capacity, used, buffer => buffer.scatter_(2, perHead, values.detach().to(buffer.dtype)));
        Extend(ref _positions, 1, capacity, used, buffer => buffer.scatter_(1, slots, positions.expand(B, t)));
        _capacity = capacity;
    }

    /// <inheritdoc/>
    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) =>
        new KeyValueCache(positions, tensors[0], tensors[1], tensors[2]);

    /// <summary>Keys with their rotated forms behind them, [B, Hkv, n, 2 K].</summary>
    private Tensor Pairs() => _keys.as_strided([.. _keys.shape[..3], 2 * _keys.shape[3]], _keys.stride());

    /// <summary>The keys of pairs become those of the cache.</summary>
    private void TakeKeys(Tensor pairs)
    {
        var keys = Own(pairs.narrow(3, 0, pairs.shape[3] / 2));
        _keys.Dispose();
        _keys = keys;
    }

    /// <summary>Writes into the buffer that <paramref name="entries"/> is the used part of, grown where need be.</summary>
    private void Extend(ref Tensor entries, int dim, long capacity, long used, Action<Tensor> write)
    {
        using var scope = NewDisposeScope();
        long[] shape = entries.shape;
        var filled = shape[dim];
        shape[dim] = capacity;

        Tensor buffer;
        if (capacity == _capacity)
        {
            buffer = entries.as_strided(shape, entries.stride());
        }
        else
        {
            buffer = zeros(shape, entries.dtype, entries.device);
            buffer.narrow(dim, 0, filled).copy_(entries);
        }

        write(buffer);
        entries.Dispose();
        entries = Own(buffer.narrow(dim, 0, used));
    }
}
