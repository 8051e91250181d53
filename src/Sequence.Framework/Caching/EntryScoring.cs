using Sequence.Caching;
using Sequence.Framework.Scans;
using Sequence.Kernels;
using Sequence.Kernels.Attention;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// One pass over whole sequences, for training and scoring. What is read is what a session would read token by token: under a policy that tells lifetimes ahead
/// they are a mask, and what is held in few bits is rounded on the way, which gradients pass as if it were not.
/// </summary>
/// <param name="layer">Whose entries they are.</param>
/// <param name="layout">What they are made of, and the policy.</param>
/// <param name="entries">Those of the tokens.</param>
/// <param name="context">Where documents begin and how many tokens of each row are real.</param>
internal sealed class EntryScoring(EntryLayer layer, EntryLayout layout, Entries entries, SequenceContext context)
{
    // in reports of evaluations: entries that are held at the end of a sequence
    private const string Slots = "slots";

    private readonly long _time = entries.Keys.shape[2], _batch = entries.Keys.shape[0];
    private readonly Device _device = entries.Keys.device;
    private readonly bool _inclusive = layer.Reads == EntryReads.Inclusive;

    /// <summary>r of each token, [B, H, T, V].</summary>
    /// <param name="dropout">Of the weights.</param>
    public Tensor Read(double dropout)
    {
        var positions = context.DocumentPositions(_time, _device);
        var spans = Spans(positions);
        if (Timed is null)
            FigureRecord.Note(Slots, () => tensor([.. Enumerable.Range(0, (int)_batch).Select(row => context.LengthOf(row, _time))]));
        var (k, v) = (EntryCodec.Through(entries.Keys, layout.Storage), EntryCodec.Through(entries.Values, layout.Storage));
        if (!layer.Rotates)
            return SoftmaxAttention.Run(entries.Queries, k, v, spans, dropout);
        if (Timed is not null && layout.Policy!.Positions == EntryPositions.Cache)
            return RankedAttention.Run(layer, entries.Queries, k, v, spans, _inclusive);
        var (q, turned) = layer.Rotate(entries with { Keys = k }, positions);
        return SoftmaxAttention.Run(q, turned, v, spans, dropout);
    }

    private ILifetimePolicy? Timed => layout.Decides ? layout.Policy as ILifetimePolicy : null;

    private KeySpans Spans(Tensor positions)
    {
        if (Timed is null && context.Starts is null && _inclusive)
            return KeySpans.Causal(context.Lengths);

        var slots = arange(_time, device: _device).unsqueeze(0);
        var last = _inclusive ? slots : slots - 1;
        return KeySpans.Between(slots - positions, last, context.Lengths, Timed is { } policy ? Lifetimes(policy, slots, positions, last) : null);
    }

    /// <summary>In slots of the row instead of positions of the document, in which they rise throughout where they do in each document.</summary>
    private KeyLifetimes Lifetimes(ILifetimePolicy policy, Tensor slots, Tensor positions, Tensor last)
    {
        using var gradients = no_grad();
        var lifetimes = context.Starts is null ? OfRows(policy) : OfDocuments(policy, new Documents(context, _time, goesOn: false));
        var shift = slots - positions;
        if (lifetimes.shape[1] == 1)
            lifetimes = lifetimes.squeeze(1);
        else
            shift = shift.unsqueeze(1);
        var slotted = where(lifetimes > long.MaxValue / 2, full_like(lifetimes, long.MaxValue), lifetimes.clamp_max(long.MaxValue / 2) + shift);
        return new KeyLifetimes(last, slotted, ownAlways: _inclusive);
    }

    /// <summary>Lifetimes of rows that are one document each, [B, G, T].</summary>
    private Tensor OfRows(ILifetimePolicy policy)
    {
        long[] lengths = [.. Enumerable.Range(0, (int)_batch).Select(row => context.LengthOf(row, _time))];
        return Ask(policy, lengths, entries.Keys, entries.Values, entries.Scores);
    }

    /// <summary>Lifetimes of packed rows, document by document, [B, G, T].</summary>
    private Tensor OfDocuments(ILifetimePolicy policy, Documents documents)
    {
        var lifetimes = Ask(policy, documents.Lengths, Unpacked(entries.Keys), Unpacked(entries.Values), entries.Scores is { } scores ? documents.Unpack(scores.unsqueeze(2)).squeeze(2) : null);
        return documents.Pack(lifetimes.transpose(1, 2)).transpose(1, 2);

        Tensor Unpacked(Tensor heads) =>
            documents.Unpack(heads.detach().transpose(1, 2).flatten(2)).unflatten(2, heads.shape[1], heads.shape[3]).transpose(1, 2);
    }

    private Tensor Ask(ILifetimePolicy policy, long[] lengths, Tensor keys, Tensor values, Tensor? scores)
    {
        var T = keys.shape[2];
        var positions = arange(T, device: _device).expand(lengths.Length, layout.Deciders, T);
        var real = tensor(lengths, device: _device).view(-1, 1, 1);
        positions = positions.masked_fill(positions >= real, -1);
        var view = new EntryView(
            layout, positions, real, () => EntryCodec.Through(keys.detach(), layout.Storage), () => EntryCodec.Through(values.detach(), layout.Storage),
            _ => scores!.detach().to(float32).unsqueeze(1).expand(positions.shape), isPrefill: true);
        var lifetimes = policy.Lifetimes(view).expand(positions.shape);
        FigureRecord.Note(Slots, () => view.Outliving(lifetimes).sum(-1));
        return lifetimes.masked_fill(positions < 0, long.MaxValue);
    }
}
