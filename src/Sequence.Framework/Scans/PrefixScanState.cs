using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>
/// The state of a prefix scan: the roots and memoised prefixes of a binary counter over the whole chunks of the current document, the inputs of the
/// chunk that is open, and what the layer keeps of that (a key-value cache, mostly). Logarithmic in the tokens seen.
/// </summary>
public sealed class PrefixScanState<TState> : MixerState, IRootedState
    where TState : class, IScanState<TState>
{
    private Tensor _chunk;
    private Tensor _counts;
    private TState[] _roots;
    private TState[] _prefixes;

    private PrefixScanState(long[] positions, Tensor chunk, Tensor counts, MixerState open, TState[] roots, TState[] prefixes)
        : base(positions)
    {
        (_chunk, _counts, Open) = (Own(chunk), Own(counts), open);
        (_roots, _prefixes) = (OwnEach(roots), OwnEach(prefixes));
        using var scope = NewDisposeScope();
        Seen = _counts.cpu().select(1, 0).contiguous().data<long>().ToArray();
    }

    /// <summary>Inputs of the open chunk, [B, c, D]; row r has <see cref="Seen"/> modulo c of them.</summary>
    public Tensor Chunk => _chunk;

    /// <summary>The layer's state of the open chunk.</summary>
    public MixerState Open { get; private set; }

    /// <summary>Tokens of the current document that each row has seen.</summary>
    public long[] Seen { get; }

    /// <inheritdoc/>
    public int? MostRoots { get; private init; }

    /// <summary>Roots of the counter, digit by digit from the lowest, [B, 1, ...] each.</summary>
    public IReadOnlyList<TState> Roots => _roots;

    /// <summary>Memoised prefixes, likewise.</summary>
    public IReadOnlyList<TState> Prefixes => _prefixes;

    /// <summary>
    /// The open chunk's inputs; [B, 2] counts (<see cref="Seen"/>, positions of <see cref="Open"/>); the tensors of <see cref="Open"/>; then root and prefix of each
    /// digit, last because their number grows.
    /// </summary>
    public override IReadOnlyList<Tensor> Tensors =>
        [_chunk, _counts, .. Open.Tensors, .. _roots.Zip(_prefixes, (root, prefix) => (IEnumerable<Tensor>)[.. root.Tensors, .. prefix.Tensors]).SelectMany(digit => digit)];

    /// <inheritdoc/>
    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors)
    {
        var opened = Open.Tensors.Count;
        var bundles = tensors.Skip(2 + opened).Chunk(TState.TensorCount).Select(TState.From).ToArray();

        using var scope = NewDisposeScope();
        var openPositions = tensors[1].cpu().select(1, 1).contiguous().data<long>().ToArray();
        return new PrefixScanState<TState>(
            positions,
            tensors[0],
            tensors[1],
            Open.Over(openPositions, [.. tensors.Skip(2).Take(opened)]),
            [.. bundles.Where((_, i) => i % 2 == 0)],
            [.. bundles.Where((_, i) => i % 2 == 1)])
        {
            MostRoots = MostRoots,
        };
    }

    /// <inheritdoc/>
    public MixerState WithMostRoots(int? most)
    {
        if (Seen.Any(seen => seen > 0))
            throw new InvalidOperationException("How many roots are held is settled before the first token.");
        return new PrefixScanState<TState>([.. Positions], _chunk, _counts, Open, _roots, _prefixes) { MostRoots = most };
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        Open.Dispose();
    }

    /// <inheritdoc/>
    protected override bool Fits(int tensors) =>
        tensors - 2 - Open.Tensors.Count is >= 0 and var digits && digits % (2 * TState.TensorCount) == 0;

    /// <summary>Nothing seen yet.</summary>
    internal static PrefixScanState<TState> Start(Tensor chunk, MixerState open) =>
        new(new long[chunk.shape[0]], chunk, zeros([chunk.shape[0], 2], int64, chunk.device), open, [], []);

    /// <summary>Takes over what <paramref name="other"/>, of the same rows, holds; it is not to be used any more.</summary>
    internal void Become(PrefixScanState<TState> other)
    {
        Dispose();
        (_chunk, _counts, Open, _roots, _prefixes) = (other._chunk, other._counts, other.Open, other._roots, other._prefixes);
        other.Seen.CopyTo(Seen, 0);
    }

    /// <summary>Takes over the counter's digits after chunks were added.</summary>
    internal void Count(BinaryCounter<TState> counter)
    {
        Replace(ref _roots, counter.Roots);
        Replace(ref _prefixes, counter.Prefixes);
    }

    /// <summary>Takes over the layer's state of a new chunk.</summary>
    internal void Reopen(MixerState open)
    {
        Open.Dispose();
        Open = open;
    }

    /// <summary>Brings the counts up to date with <see cref="Seen"/> and <see cref="Open"/>.</summary>
    internal void Settle()
    {
        using var scope = NewDisposeScope();
        _counts.copy_(tensor(Enumerable.Range(0, Batch).SelectMany(row => new[] { Seen[row], Open.Positions[row] }).ToArray()).view(Batch, 2));
    }

    private static TState[] OwnEach(IEnumerable<TState> states) => [.. states.Select(state => state.Each(Own))];

    private static void Replace(ref TState[] held, IReadOnlyList<TState> digits)
    {
        for (var digit = 0; digit < held.Length; digit++)
        {
            if (ReferenceEquals(held[digit], digits[digit]))
                continue;
            foreach (var tensor in held[digit].Tensors)
                tensor.Dispose();
        }

        // what is new may be a view of something larger, or the same tensor as another digit
        var before = held;
        held = [.. digits.Select((state, digit) => digit < before.Length && ReferenceEquals(before[digit], state)
            ? state
            : state.Each(tensor => Own(tensor.detach().clone())))];
    }
}
