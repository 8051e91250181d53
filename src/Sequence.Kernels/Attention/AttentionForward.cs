using System.Numerics;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Attention;

/// <summary>The forward pass of <see cref="TiledAttention"/> over a range of tiles of queries.</summary>
internal unsafe struct AttentionForward<T, TStored> : ILaneWork<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TStored : unmanaged, IStored<TStored, T>
{
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

    /// <summary>Which tiles, of B H times those of a head.</summary>
    public required (long Begin, long End) Range { get; init; }

    /// <inheritdoc/>
    public readonly void Run<TLanes>()
        where TLanes : struct, ILanes<TLanes, T>
    {
        var tiles = Sizes.QueryTiles;
        using var memory = new AlignedMemory<T>(ScratchSize<TLanes>());
        for (var at = Range.Begin; at < Range.End; at++)
        {
            // late tiles see more keys than early ones: alternated, so that ranges of the same length are about the same work
            var (head, place) = ((int)(at / tiles), (int)(at % tiles));
            var tile = place % 2 == 0 ? place / 2 : tiles - 1 - place / 2;
            Tile<TLanes>(head / Sizes.Heads, head % Sizes.Heads, tile * AttentionSizes.QueryTile, memory.Scratch);
        }
    }

    private readonly long ScratchSize<TLanes>()
        where TLanes : struct, ILanes<TLanes, T>
    {
        const int M = AttentionSizes.QueryTile, N = AttentionSizes.KeyTile;
        return (M + N) * ((long)Sizes.Width + Sizes.ValueWidth) + Packed<T, TLanes>.Size(M, Sizes.Width) + N * ScoreTile<T, TLanes>.Stride
            + Product<T, TLanes>.PanelSize(N) + 3 * M + QueryBounds<T>.ScratchSize;
    }

    private readonly void Tile<TLanes>(int row, int head, int start, Scratch<T> scratch)
        where TLanes : struct, ILanes<TLanes, T>
    {
        const int M = AttentionSizes.QueryTile, N = AttentionSizes.KeyTile;
        var (width, valueWidth, keyHead) = (Sizes.Width, Sizes.ValueWidth, head / Sizes.Group);
        var queries = Math.Min(M, Sizes.Queries - start);
        var places = Product<T, TLanes>.WholePanels(queries);
        T* q = scratch.Take((long)M * width), y = scratch.Take((long)M * valueWidth), panels = scratch.Take(Packed<T, TLanes>.Size(M, width));
        T* k = scratch.Take((long)N * width), v = scratch.Take((long)N * valueWidth), S = scratch.Take(N * ScoreTile<T, TLanes>.Stride);
        T* panel = scratch.Take(Product<T, TLanes>.PanelSize(N)), largest = scratch.Take(M), sum = scratch.Take(M), shrink = scratch.Take(M);
        T* limits = scratch.Take(QueryBounds<T>.ScratchSize);

        TokenTile<T, TStored, TLanes>.Read(Q.At(row, head, start), Q.Stride, queries, width, q, Sizes.Scale, places);
        var turned = Packed<T, TLanes>.Of(new Matrix<T>(q, width).Transposed, places, width, panels);
        new Span<T>(largest, M).Fill(T.CreateChecked(ScoreTile<T, TLanes>.Least));
        new Span<T>(sum, M).Clear();
        new Span<T>(y, M * valueWidth).Clear();

        var bounds = new QueryBounds<T>(Bounds, row, start, queries);
        for (var key = bounds.Begin; key < bounds.End; key += N)
        {
            var keys = Math.Min(N, bounds.End - key);
            if (bounds.None(key, keys))
                continue;
            turned.After(TokenTile<T, TStored, TLanes>.Of(K.At(row, keyHead, key), K.Stride, keys, width, k), new(S, ScoreTile<T, TLanes>.Stride), keys);
            if (!bounds.All(key, keys))
                bounds.Hide<TLanes>(S, key, keys, places, limits);

            ScoreTile<T, TLanes>.Take(S, keys, places, largest, sum, shrink);
            if (key > bounds.Begin)
                TokenTile<T, TStored, TLanes>.Scale(y, queries, valueWidth, shrink);
            Product<T, TLanes>.Run(
                new(S, 1, ScoreTile<T, TLanes>.Stride), TokenTile<T, TStored, TLanes>.Of(V.At(row, keyHead, key), V.Stride, keys, valueWidth, v),
                new(y, valueWidth), queries, valueWidth, keys, panel, add: true);
        }

        var logSum = LogSum + ((long)row * Sizes.Heads + head) * Sizes.Queries + start;
        for (var m = 0; m < queries; m++)
        {
            var seen = sum[m] != T.Zero;
            logSum[m] = seen ? largest[m] + T.Log(sum[m]) : T.PositiveInfinity;
            shrink[m] = seen ? T.One / sum[m] : T.Zero;
        }

        TokenTile<T, TStored, TLanes>.Write(y, queries, valueWidth, Y.At(row, head, start), Y.Stride, shrink);
    }
}
