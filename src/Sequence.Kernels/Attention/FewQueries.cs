using System.Numerics;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Attention;

/// <summary>
/// The forward pass of <see cref="TiledAttention"/> where there are few queries, as in decoding: every key and value is read once, where it lies, for all query
/// heads that share it. Keys are split into stretches, so that threads have work where rows and heads are few; each gives its largest score r, the sum l of
/// e^(s - r) and that of e^(s - r) v, which <see cref="Join"/> puts together in the order of the keys.
/// </summary>
internal unsafe struct FewQueries<T, TStored> : ILaneWork<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TStored : unmanaged, IStored<TStored, T>
{
    /// <summary>Queries up to which this is faster than tiles of them.</summary>
    public const int Most = 4;

    private const int Stretch = 512;

    // numbers of keys, below which a thread costs more to wake than it saves
    private const long EnoughForAThread = 1 << 16;

    /// <summary>Of the tensors.</summary>
    public required AttentionSizes Sizes { get; init; }

    /// <summary>The inputs.</summary>
    public required Heads<TStored> Q { get; init; }

    /// <inheritdoc cref="Q"/>
    public required Heads<TStored> K { get; init; }

    /// <inheritdoc cref="Q"/>
    public required Heads<TStored> V { get; init; }

    /// <summary>Where the result goes.</summary>
    public required Heads<TStored> Y { get; init; }

    /// <summary>Where the logarithm of each query's sum of exponentials goes, [B, H, T]; infinity where a query sees no key.</summary>
    public required T* LogSum { get; init; }

    /// <summary>What each query sees.</summary>
    public required QuerySpans Bounds { get; init; }

    /// <summary>What each stretch gives, [B, Hkv, stretches, H / Hkv, T, V + 2]: r, l and the sum of values.</summary>
    private T* Parts { get; set; }

    /// <summary>Which stretches, of B Hkv times those of a head; empty where they are to be joined.</summary>
    private (long Begin, long End) Range { get; set; }

    private readonly int Stretches => (Sizes.Keys + Stretch - 1) / Stretch;

    private readonly int Part => Sizes.ValueWidth + 2;

    /// <summary>All of it.</summary>
    public readonly void Run()
    {
        var (pass, count) = (this, (long)Sizes.Rows * Sizes.KeyHeads * Stretches);
        var size = count * Sizes.Group * Sizes.Queries * Part;
        using var memory = new AlignedMemory<T>(size);
        pass.Parts = memory.Scratch.Take(size);
        var each = (long)Math.Min(Stretch, Sizes.Keys) * Sizes.Group * Sizes.Queries * Math.Max(Sizes.Width, Sizes.ValueWidth);
        Work.For(0, count, Math.Max(1, EnoughForAThread / each), (begin, end) =>
        {
            var part = pass;
            part.Range = (begin, end);
            LaneWidth.Run<T, FewQueries<T, TStored>>(ref part);
        });
        LaneWidth.Run<T, FewQueries<T, TStored>>(ref pass);
    }

    /// <inheritdoc/>
    public readonly void Run<TLanes>()
        where TLanes : struct, ILanes<TLanes, T>
    {
        using var memory = new AlignedMemory<T>((long)Sizes.Width + Sizes.ValueWidth + AttentionSizes.KeyTile);
        if (Range.End == 0)
            Join<TLanes>(memory.Scratch);
        for (var at = Range.Begin; at < Range.End; at++)
            Over<TLanes>(at, memory.Scratch);
    }

    /// <summary>A stretch of keys, for the queries of every head that shares them.</summary>
    private readonly void Over<TLanes>(long at, Scratch<T> scratch)
        where TLanes : struct, ILanes<TLanes, T>
    {
        const int N = AttentionSizes.KeyTile;
        var (width, valueWidth, head, begin) = (Sizes.Width, Sizes.ValueWidth, at / Stretches, (int)(at % Stretches) * Stretch);
        var (row, keyHead) = ((int)(head / Sizes.KeyHeads), (int)(head % Sizes.KeyHeads));
        T* q = scratch.Take(width), scores = scratch.Take(N);
        for (var m = 0; m < Sizes.Group * Sizes.Queries; m++)
        {
            var t = m % Sizes.Queries;
            T* part = Parts + (at * Sizes.Group * Sizes.Queries + m) * Part, y = part + 2;
            TokenTile<T, TStored, TLanes>.Read(Q.At(row, keyHead * Sizes.Group + m / Sizes.Queries, t), 0, 1, width, q, Sizes.Scale, places: 1);
            var (from, to) = (Math.Max(begin, Bounds.First[row * Sizes.Queries + t]), Math.Min(begin + Stretch, Bounds.Last[row * Sizes.Queries + t] + 1));
            var (largest, sum) = (T.CreateChecked(ScoreTile<T, TLanes>.Least), T.Zero);
            new Span<T>(y, valueWidth).Clear();
            for (var key = from; key < to; key += N)
            {
                var keys = Math.Min(N, to - key);
                QueryKeys<T, TStored, TLanes>.Scores(q, K.At(row, keyHead, key), K.Stride, keys, width, scores);
                for (var n = 0; Bounds.Leaving is not null && n < keys; n++)
                {
                    if (!Bounds.Holds(row, t, key + n))
                        scores[n] = T.NegativeInfinity;
                }

                var (r, shrink, added) = QueryKeys<T, TStored, TLanes>.Weigh(scores, keys, largest);
                QueryKeys<T, TStored, TLanes>.Add(scores, V.At(row, keyHead, key), V.Stride, keys, valueWidth, shrink, y);
                (largest, sum) = (r, sum * shrink + added);
            }

            (part[0], part[1]) = (largest, sum);
        }
    }

    /// <summary>r' = max r, l' = sum e^(r - r') l, y = sum e^(r - r') sum of values / l', over the stretches.</summary>
    private readonly void Join<TLanes>(Scratch<T> scratch)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (width, queries) = (Sizes.ValueWidth, Sizes.Group * Sizes.Queries);
        T* y = scratch.Take(width), factor = scratch.Take(1);
        for (var head = 0L; head < (long)Sizes.Rows * Sizes.KeyHeads; head++)
        {
            for (var m = 0; m < queries; m++)
            {
                var first = Parts + (head * Stretches * queries + m) * Part;
                var (largest, sum) = (first[0], T.Zero);
                for (var stretch = 1L; stretch < Stretches; stretch++)
                    largest = T.Max(largest, first[stretch * queries * Part]);
                new Span<T>(y, width).Clear();
                for (var stretch = 0L; stretch < Stretches; stretch++)
                {
                    var part = first + stretch * queries * Part;
                    var share = T.Exp(part[0] - largest);
                    sum += share * part[1];
                    for (var c = 0; c < width; c++)
                        y[c] += share * part[c + 2];
                }

                var (row, at, t) = ((int)(head / Sizes.KeyHeads), (int)(head % Sizes.KeyHeads) * Sizes.Group + m / Sizes.Queries, m % Sizes.Queries);
                var seen = sum != T.Zero;
                LogSum[((long)row * Sizes.Heads + at) * Sizes.Queries + t] = seen ? largest + T.Log(sum) : T.PositiveInfinity;
                *factor = seen ? T.One / sum : T.Zero;
                TokenTile<T, TStored, TLanes>.Write(y, 1, width, Y.At(row, at, t), 0, factor);
            }
        }
    }
}
