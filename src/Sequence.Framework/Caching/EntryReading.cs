using Sequence.Caching;
using Sequence.Kernels.Attention;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// One call of a session, t tokens of one document a row: entries are written, read and dropped, in the order that the layer's reads and the policy's way of
/// deciding ask for.
/// </summary>
/// <param name="layer">Whose entries they are.</param>
/// <param name="cache">Where they go.</param>
/// <param name="entries">Those of the tokens.</param>
/// <param name="context">How many tokens of each row are real.</param>
internal sealed class EntryReading(EntryLayer layer, EntryCache cache, Entries entries, SequenceContext context)
{
    private readonly long _time = entries.Keys.shape[2];
    private readonly Device _device = entries.Keys.device;
    private readonly bool _inclusive = layer.Reads == EntryReads.Inclusive;
    private readonly CachePolicy? _policy = cache.Layout.Decides ? cache.Policy : null;

    // a step in the middle of a batch of which some rows rest
    private bool IsRagged => context.Lengths is { } lengths && lengths.Any(length => length != _time);

    private bool TurnsByRank => _policy is { Positions: EntryPositions.Cache } && layer.Rotates;

    /// <summary>r of each token, [B, H, t, V].</summary>
    public Tensor Read()
    {
        if (_time > 1)
            cache.Order();
        var begins = cache.Width == 0;
        var slots = cache.CountsThere().unsqueeze(-1) + arange(_time, device: _device);
        var positions = cache.SeenThere().unsqueeze(1) + arange(_time, device: _device);
        var (q, k) = TurnsByRank || !layer.Rotates ? (entries.Queries, entries.Keys) : layer.Rotate(entries, positions);
        cache.Append(entries, k, positions, context);

        if (_policy is ILifetimePolicy && _time == 1 && _inclusive)
            return ReadWhatStays(q);
        var lifetimes = _policy is ILifetimePolicy timed && _time > 1 ? Lifetimes(timed) : null;
        if (lifetimes is not null && TurnsByRank)
            return Leaving(RankedAttention.Run(layer, q, cache.Keys, cache.Values, Spans(slots, positions, lifetimes), _inclusive), lifetimes);

        // what is all new need not be read back
        var isNew = begins && cache.Width == _time && cache.Layout.Storage == EntryStorage.Full;
        if (TurnsByRank)
            (q, k) = (layer.Rotate(q, Asking(slots)), layer.Rotate(cache.Keys, ByHead(cache.Ranks())));
        else if (!isNew)
            k = layer.Rotates ? cache.Rotated(layer) : cache.Keys;
        var spans = isNew && _inclusive && lifetimes is null ? KeySpans.Causal(context.Lengths) : Spans(slots, positions, lifetimes);
        var read = SoftmaxAttention.Run(q, k, isNew ? entries.Values : cache.Values, spans);
        Give(q, k, spans);
        return Leaving(read, lifetimes);
    }

    /// <summary>Inclusive reads of one token: what leaves with it is gone before it is read; its own entry only afterwards.</summary>
    private Tensor ReadWhatStays(Tensor q)
    {
        var keep = cache.Unsorted(_policy!.Retain(cache.View(isPrefill: false))).logical_or(Resting());
        var own = cache.Newest().logical_and(Resting().logical_not());
        var lost = own.logical_and(keep.logical_not());
        var isLost = lost.any().ToBoolean();
        lost = lost.any(-1, keepdim: true);
        cache.Keep(keep.logical_or(own));

        var last = cache.CountsThere().unsqueeze(-1) - 1;
        var (turned, k) = TurnsByRank ? (layer.Rotate(q, Asking(last)), layer.Rotate(cache.Keys, ByHead(cache.Ranks())))
            : (q, layer.Rotates ? cache.Rotated(layer) : cache.Keys);
        var read = SoftmaxAttention.Run(turned, k, cache.Values, cache.IsFull ? KeySpans.All : KeySpans.Between(zeros_like(last), last, context.Lengths));
        if (isLost)
            cache.Keep(cache.Newest().logical_and(lost).logical_not());
        return read;
    }

    /// <summary>After the read, what the policy does not keep leaves.</summary>
    private Tensor Leaving(Tensor read, Tensor? lifetimes)
    {
        if (_policy is null)
            return read;
        var keep = lifetimes is not null
            ? lifetimes >= cache.SeenThere().view(-1, 1, 1) - 1
            : cache.Unsorted(_policy.Retain(cache.View(_time > 1)));
        cache.Keep(keep.logical_or(Resting()));
        return read;
    }

    /// <summary>When each entry leaves, [B, G, n]; what is no entry never does, so that lifetimes that rise go on rising.</summary>
    private Tensor Lifetimes(ILifetimePolicy policy)
    {
        var view = cache.View(isPrefill: true);
        return policy.Lifetimes(view).expand(view.Positions.shape).masked_fill(view.Held.logical_not(), long.MaxValue);
    }

    private KeySpans Spans(Tensor slots, Tensor positions, Tensor? lifetimes)
    {
        if (_time == 1 && _inclusive && cache.IsFull && !IsRagged)
            return KeySpans.All;
        var last = ByHead(_inclusive ? slots : slots - 1);
        var timed = lifetimes is null ? null : new KeyLifetimes(_inclusive ? positions : positions - 1, ByHead(lifetimes), ownAlways: _inclusive);
        return KeySpans.Between(zeros_like(last), last, context.Lengths, timed);
    }

    /// <summary>Makes the signals of this call's attention.</summary>
    private void Give(Tensor q, Tensor k, KeySpans spans)
    {
        foreach (var signal in (_policy?.Signals ?? []).OfType<EntrySignal.Attention>().Distinct())
        {
            var mass = AttentionMass.Run(q, k, spans, context.Lengths, signal.Queries).narrow(2, 0, cache.Width);
            cache.Give(signal, cache.Layout.Deciders == 1 ? mass.sum(1, keepdim: true) : mass);
        }
    }

    /// <summary>Rows that take no token in lose none, [B, 1, 1] bool.</summary>
    private Tensor Resting() => tensor(Enumerable.Range(0, cache.Batch).Select(row => context.LengthOf(row, _time) == 0).ToArray(), device: _device).view(-1, 1, 1);

    /// <summary>What queries are turned by, [B, t] or [B, H, t].</summary>
    private Tensor Asking(Tensor ranks) =>
        ranks.shape[1] == 1 ? ranks.squeeze(1) : ranks.unsqueeze(2).expand(-1, -1, entries.Queries.shape[1] / ranks.shape[1], -1).flatten(1, 2);

    /// <summary>[B, G, n] as [B, n] where all heads are alike.</summary>
    private static Tensor ByHead(Tensor each) => each.shape[1] == 1 ? each.squeeze(1) : each;
}
