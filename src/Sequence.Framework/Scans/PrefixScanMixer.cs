using Sequence.Kernels.Registry;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>
/// Runs a prefix-scannable layer as a mixer (arXiv 2506.10918, algorithms 3 and 4). Forward encodes all chunks, scans them level by level, and infers all
/// chunks at once. A session keeps a binary counter with memoised prefixes: under two aggregations a chunk, and the same brackets.
/// </summary>
public sealed class PrefixScanMixer<TState> : SequenceMixer, IScheduledMixer
    where TState : class, IScanState<TState>
{
    [ComponentName(Name = "layer")]
    private readonly PrefixLayer<TState> _layer;

    private ScanSchedule _schedule;

    /// <summary>Takes over <paramref name="layer"/>.</summary>
    public PrefixScanMixer(PrefixLayer<TState> layer) : base(layer.GetName())
    {
        _layer = layer;
        RegisterComponents();
    }

    /// <summary>The layer.</summary>
    public PrefixLayer<TState> Layer => _layer;

    /// <inheritdoc/>
    ScanLayer IScheduledMixer.Layer => _layer;

    /// <inheritdoc/>
    public ScanSchedule Schedule
    {
        get => _schedule;
        set
        {
            _layer.Aggregator.Require(value);
            _schedule = value;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ScanSchedule> Schedules => [.. Enum.GetValues<ScanSchedule>().Where(schedule => _layer.Aggregator.Algebra.Allows(schedule))];

    /// <inheritdoc/>
    public override StateCost Cost
    {
        get
        {
            using var gradients = no_grad();
            using var scope = NewDisposeScope();
            var chunk = _layer.CreateChunk(1);
            var nodes = _layer.Encode(chunk.unsqueeze(1)).Bytes();
            var held = chunk.numel() * chunk.element_size() + 2 * sizeof(long) + _layer.OpenBytes;
            return new(StateGrowth.Logarithmic, held, 2 * nodes, Grain: _layer.ChunkSize);
        }
    }

    private int C => _layer.ChunkSize;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        using var scope = NewDisposeScope();
        if (FormRecord.IsOpen)
            FormRecord.Note(Form);
        if (context.Starts is null)
            return Infer(x).MoveToOuterDisposeScope();
        var documents = new Documents(context, x.shape[1], goesOn: false);
        return documents.Pack(Infer(documents.Unpack(x))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override MixerState CreateState(int batch)
    {
        using var gradients = no_grad();
        return PrefixScanState<TState>.Start(_layer.CreateChunk(batch), _layer.Open(null, batch));
    }

    /// <inheritdoc/>
    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var past = (PrefixScanState<TState>)state;
        var T = x.shape[1];
        var y = context.Starts is null
            ? Continue(x, [.. Enumerable.Range(0, past.Batch).Select(row => context.LengthOf(row, T))], past)
            : ContinuePacked(x, new Documents(context, T, goesOn: true), past);
        for (var row = 0; row < past.Batch; row++)
            past.Positions[row] += context.LengthOf(row, T);
        return y.MoveToOuterDisposeScope();
    }

    private string Form => $"{(Schedule == ScanSchedule.Auto ? ScanSchedule.Level : Schedule).ToString().ToLowerInvariant()} scan over chunks of {C}";

    /// <summary>Outputs of rows that begin here and hold one document each: [B, T, D] -> [B, T, D].</summary>
    private Tensor Infer(Tensor x)
    {
        var (B, T, D) = (x.shape[0], x.shape[1], x.shape[2]);
        var N = (T + C - 1) / C;
        if (N * C > T)
            x = cat(new[] { x, zeros(B, N * C - T, D, x.dtype, x.device) }, 1);
        var chunks = x.view(B, N, C, D);
        var y = _layer.Infer(null, chunks.narrow(1, 0, 1));
        if (N > 1)
            y = cat(new[] { y, _layer.Infer(Prefixes(_layer.Encode(chunks.narrow(1, 0, N - 1))), chunks.narrow(1, 1, N - 1)) }, 1);
        return y.flatten(1, 2).narrow(1, 0, T);
    }

    /// <summary>s_1 .. s_N of nodes 0 .. N - 1.</summary>
    private TState Prefixes(TState nodes) => Schedule switch
    {
        ScanSchedule.Fold => SequentialFold.Inclusive(_layer.Aggregator, nodes),
        ScanSchedule.Tree => InclusiveScan.Inclusive(_layer.Aggregator, nodes),
        ScanSchedule.Chunked => ChunkedScan.Inclusive(_layer.Aggregator, nodes),
        ScanSchedule.Counter => BinaryCounter.Inclusive(_layer.Aggregator, nodes),
        _ => LevelScan.WithLevels(_layer.Aggregator, nodes).Prefixes.Slice(1, nodes.Nodes() + 1),
    };

    /// <summary>Each document as a session of its own: the first of a row goes on from its state, the others from nothing; the last one's state stays.</summary>
    private Tensor ContinuePacked(Tensor x, Documents documents, PrefixScanState<TState> past)
    {
        int[] fresh = [.. Enumerable.Range(0, documents.Count).Except(documents.Continues)];
        int[] order = [.. documents.Continues, .. fresh];
        using var begun = CreateState(fresh.Length);
        using var joined = MixerState.Join([past, begun]);
        using var sessions = (PrefixScanState<TState>)joined.Gather([.. Enumerable.Range(0, documents.Count).Select(document => Array.IndexOf(order, document))]);

        var y = documents.Pack(Continue(documents.Unpack(x), documents.Lengths, sessions));
        past.Become((PrefixScanState<TState>)sessions.Gather(documents.Last));
        return y;
    }

    /// <summary>Row r goes on by left[r] tokens: [B, t, D] -> [B, t, D]. As many chunks at once as can be, then up to the end of a chunk at a time.</summary>
    private Tensor Continue(Tensor x, long[] left, PrefixScanState<TState> past)
    {
        var y = zeros_like(x);
        var taken = new long[left.Length];
        if (past.Seen.All(seen => seen == 0) && left.Max() >= C)
            Prefill(x, y, left, taken, past);
        while (left.Zip(taken).Any(row => row.First > row.Second))
            Fill(x, y, left, taken, past);
        past.Settle();
        return y;
    }

    /// <summary>All whole chunks of sessions that begin, by the level scan, whose inner nodes are the roots of the counter.</summary>
    private void Prefill(Tensor x, Tensor y, long[] left, long[] taken, PrefixScanState<TState> past)
    {
        var (B, D) = (x.shape[0], x.shape[2]);
        var N = left.Max() / C;
        var chunks = x.narrow(1, 0, N * C).view(B, N, C, D);
        var (prefixes, levels) = LevelScan.WithLevels(_layer.Aggregator, _layer.Encode(chunks));
        y.narrow(1, 0, C).copy_(_layer.Infer(null, chunks.narrow(1, 0, 1)).flatten(1, 2));
        if (N > 1)
            y.narrow(1, C, (N - 1) * C).copy_(_layer.Infer(prefixes.Slice(1, N), chunks.narrow(1, 1, N - 1)).flatten(1, 2));

        // of n chunks: root k is the last complete node of level k, and the prefix after it that of n with its digits below k cleared, unless some are forgotten
        var counts = left.Select(length => length / C).ToArray();
        long[] remembered = [.. counts.Select(n => BinaryCounter.Remembered(n, past.MostRoots))];
        var digits = Enumerable.Range(0, BinaryCounter.DigitsOf(remembered)).ToArray();
        TState[] roots = [.. digits.Select(k => AtRow(levels[k], [.. counts.Select(n => Math.Max(0, (n >> k) - 1))]))];
        var counter = remembered.SequenceEqual(counts)
            ? new BinaryCounter<TState>(_layer.Aggregator, counts, roots, digits.Select(k => AtRow(prefixes, [.. counts.Select(n => n >> k << k)])))
            : new BinaryCounter<TState>(_layer.Aggregator, remembered, roots);

        for (var row = 0; row < B; row++)
            past.Seen[row] = taken[row] = counts[row] * C;
        past.Count(counter);
        Reopen([.. Enumerable.Range(0, (int)B).Where(row => counts[row] > 0)], counter, past);
    }

    /// <summary>Takes each row's next tokens up to the end of its chunk.</summary>
    private void Fill(Tensor x, Tensor y, long[] left, long[] taken, PrefixScanState<TState> past)
    {
        var rows = Enumerable.Range(0, left.Length).ToArray();
        var offsets = rows.Select(row => past.Seen[row] % C).ToArray();
        var lengths = rows.Select(row => Math.Min(left[row] - taken[row], C - offsets[row])).ToArray();
        var next = zeros([x.shape[0], lengths.Max(), x.shape[2]], x.dtype, x.device);
        foreach (var row in rows)
            next[row].narrow(0, 0, lengths[row]).copy_(x[row].narrow(0, taken[row], lengths[row]));

        var output = _layer.Continue(next, new SequenceContext { Lengths = lengths }, past.Open);
        foreach (var row in rows)
        {
            y[row].narrow(0, taken[row], lengths[row]).copy_(output[row].narrow(0, 0, lengths[row]));
            past.Chunk[row].narrow(0, offsets[row], lengths[row]).copy_(next[row].narrow(0, 0, lengths[row]));
            taken[row] += lengths[row];
            past.Seen[row] += lengths[row];
        }

        Insert([.. rows.Where(row => lengths[row] > 0 && offsets[row] + lengths[row] == C)], past);
    }

    /// <summary>The open chunks of <paramref name="full"/> rows are whole: they go into the counter, and new ones open.</summary>
    private void Insert(int[] full, PrefixScanState<TState> past)
    {
        if (full.Length == 0)
            return;
        var before = past.Seen.Select((seen, row) => BinaryCounter.Remembered(seen / C - (full.Contains(row) ? 1 : 0), past.MostRoots));
        var counter = new BinaryCounter<TState>(_layer.Aggregator, before, past.Roots, past.Prefixes, past.MostRoots);
        var chunks = full.Length == past.Batch ? past.Chunk : past.Chunk.index_select(0, Index(full, past.Chunk.device));
        counter.Insert(_layer.Encode(chunks.unsqueeze(1)), full);
        past.Count(counter);
        Reopen(full, counter, past);
    }

    private void Reopen(int[] rows, BinaryCounter<TState> counter, PrefixScanState<TState> past)
    {
        var opened = _layer.Open(counter.Prefix(rows), rows.Length);
        if (rows.Length < past.Batch)
        {
            using var alone = opened;
            using var joined = MixerState.Join([past.Open, alone]);
            opened = joined.Gather([.. Enumerable.Range(0, past.Batch).Select(row => Array.IndexOf(rows, row) is >= 0 and var at ? past.Batch + at : row)]);
        }

        past.Reopen(opened);
    }

    /// <summary>Node nodes[r] of row r, [B, 1, ...].</summary>
    private static TState AtRow(TState states, long[] nodes) => states.Each(all =>
    {
        var rows = all.shape[0];
        var flat = Enumerable.Range(0, (int)rows).Select(row => row * all.shape[1] + nodes[row]).ToArray();
        return all.flatten(0, 1).index_select(0, tensor(flat, device: all.device)).unsqueeze(1);
    });

    private static Tensor Index(int[] rows, Device device) => tensor(rows.Select(row => (long)row).ToArray(), device: device);
}
