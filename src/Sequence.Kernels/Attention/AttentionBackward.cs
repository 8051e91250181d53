using System.Numerics;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Attention;

/// <summary>
/// The backward pass of <see cref="TiledAttention"/> over a range of key heads, each with the query heads that share it, so that no gradient has two writers.
/// </summary>
internal unsafe struct AttentionBackward<T, TStored> : ILaneWork<T>
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

    /// <summary>The result.</summary>
    public required Heads<TStored> Y { get; init; }

    /// <summary>The gradient to it.</summary>
    public required Heads<TStored> YGradient { get; init; }

    /// <summary>Where the gradient to q goes.</summary>
    public required Heads<TStored> QGradient { get; init; }

    /// <summary>Where the gradients to k and v are added up, [B, Hkv, N, K or V] from zero.</summary>
    public required (nint K, nint V) Sums { get; init; }

    /// <summary>What the forward pass left, [B, H, T].</summary>
    public required T* LogSum { get; init; }

    /// <summary>What each query sees.</summary>
    public required QuerySpans Bounds { get; init; }

    /// <summary>Which key heads, of B Hkv.</summary>
    public required (long Begin, long End) Range { get; init; }

    /// <inheritdoc/>
    public readonly void Run<TLanes>()
        where TLanes : struct, ILanes<TLanes, T>
    {
        using var memory = new AlignedMemory<T>(ScratchSize<TLanes>());
        for (var at = Range.Begin; at < Range.End; at++)
        {
            var (row, keyHead) = ((int)(at / Sizes.KeyHeads), (int)(at % Sizes.KeyHeads));
            for (var head = keyHead * Sizes.Group; head < (keyHead + 1) * Sizes.Group; head++)
            {
                for (var start = 0; start < Sizes.Queries; start += AttentionSizes.QueryTile)
                    Tile<TLanes>(row, head, start, memory.Scratch);
            }
        }
    }

    private readonly long ScratchSize<TLanes>()
        where TLanes : struct, ILanes<TLanes, T>
    {
        const int M = AttentionSizes.QueryTile, N = AttentionSizes.KeyTile;
        return (2L * M + N) * Sizes.Width + ((long)M + N) * Sizes.ValueWidth + Both<TLanes>(M, Sizes.Width) + Both<TLanes>(M, Sizes.ValueWidth)
            + (2 * N * ScoreTile<T, TLanes>.Stride) + Product<T, TLanes>.PanelSize(N) + (3 * M) + QueryBounds<T>.ScratchSize;
    }

    private readonly void Tile<TLanes>(int row, int head, int start, Scratch<T> scratch)
        where TLanes : struct, ILanes<TLanes, T>
    {
        const int M = AttentionSizes.QueryTile, N = AttentionSizes.KeyTile, Stride = ScoreTile<T, TLanes>.Stride;
        var (width, valueWidth, keyHead) = (Sizes.Width, Sizes.ValueWidth, head / Sizes.Group);
        var queries = Math.Min(M, Sizes.Queries - start);
        var places = Product<T, TLanes>.WholePanels(queries);
        T* q = scratch.Take((long)M * width), dy = scratch.Take((long)M * valueWidth), dq = scratch.Take((long)M * width);
        T* k = scratch.Take((long)N * width), v = scratch.Take((long)N * valueWidth);
        T* S = scratch.Take(N * Stride), G = scratch.Take(N * Stride), panel = scratch.Take(Product<T, TLanes>.PanelSize(N));
        T* logSum = scratch.Take(M), delta = scratch.Take(M), factor = scratch.Take(M), limits = scratch.Take(QueryBounds<T>.ScratchSize);

        TokenTile<T, TStored, TLanes>.Read(Q.At(row, head, start), Q.Stride, queries, width, q, Sizes.Scale, places);
        TokenTile<T, TStored, TLanes>.Read(YGradient.At(row, head, start), YGradient.Stride, queries, valueWidth, dy, 1, places);
        var turnedQ = Packed<T, TLanes>.Of(new Matrix<T>(q, width).Transposed, places, width, scratch.Take(Packed<T, TLanes>.Size(M, width)));
        var turnedDy = Packed<T, TLanes>.Of(new Matrix<T>(dy, valueWidth).Transposed, places, valueWidth, scratch.Take(Packed<T, TLanes>.Size(M, valueWidth)));
        var packedQ = Packed<T, TLanes>.Of(new Matrix<T>(q, width), width, queries, scratch.Take(Packed<T, TLanes>.Size(width, M)));
        var packedDy = Packed<T, TLanes>.Of(new Matrix<T>(dy, valueWidth), valueWidth, queries, scratch.Take(Packed<T, TLanes>.Size(valueWidth, M)));

        TokenTile<T, TStored, TLanes>.Dot(dy, Y.At(row, head, start), Y.Stride, queries, valueWidth, delta);
        new Span<T>(LogSum + ((long)row * Sizes.Heads + head) * Sizes.Queries + start, queries).CopyTo(new Span<T>(logSum, M));
        new Span<T>(logSum + queries, M - queries).Fill(T.PositiveInfinity);
        new Span<T>(delta + queries, M - queries).Clear();
        new Span<T>(dq, M * width).Clear();

        var sums = ((long)row * Sizes.KeyHeads + keyHead) * Sizes.Keys;
        var bounds = new QueryBounds<T>(Bounds, row, start, queries);
        for (var key = bounds.Begin; key < bounds.End; key += N)
        {
            var keys = Math.Min(N, bounds.End - key);
            if (bounds.None(key, keys))
                continue;
            var kTile = TokenTile<T, TStored, TLanes>.Of(K.At(row, keyHead, key), K.Stride, keys, width, k);
            turnedQ.After(kTile, new(S, Stride), keys);
            turnedDy.After(TokenTile<T, TStored, TLanes>.Of(V.At(row, keyHead, key), V.Stride, keys, valueWidth, v), new(G, Stride), keys);
            if (!bounds.All(key, keys))
                bounds.Hide<TLanes>(S, key, keys, places, limits);

            ScoreTile<T, TLanes>.Differentiate(S, G, keys, places, logSum, delta);
            packedDy.After(new(S, Stride), new((T*)Sums.V + (sums + key) * valueWidth, valueWidth), keys, add: true);
            packedQ.After(new(G, Stride), new((T*)Sums.K + (sums + key) * width, width), keys, add: true);
            Product<T, TLanes>.Run(new(G, 1, Stride), kTile, new(dq, width), queries, width, keys, panel, add: true);
        }

        new Span<T>(factor, queries).Fill(T.CreateChecked(Sizes.Scale));
        TokenTile<T, TStored, TLanes>.Write(dq, queries, width, QGradient.At(row, head, start), QGradient.Stride, factor);
    }

    /// <summary>Of a tile packed both ways.</summary>
    private static long Both<TLanes>(int tokens, int width)
        where TLanes : struct, ILanes<TLanes, T>
        => Packed<T, TLanes>.Size(tokens, width) + Packed<T, TLanes>.Size(width, tokens);
}
