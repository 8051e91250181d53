using Sequence.Kernels.Delta;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Outer;

/// <summary>
/// The two passes of an outer-product scan over [B, T, H, .]: rows and heads on threads, each head one chunk after the other in scratch memory. The forward
/// pass keeps the states before chunks, and the backward pass starts from them.
/// </summary>
/// <typeparam name="T">What is computed in, states too.</typeparam>
/// <typeparam name="TStored">How q, k, v and y lie in memory.</typeparam>
internal unsafe struct OuterPass<T, TStored>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    public OuterSizes Sizes;

    /// <summary>q, k, v and y, or the gradient to y.</summary>
    public HeadTokens<TStored> Q, K, V, Y;

    /// <summary>l; of no meaning where the sizes know no decays.</summary>
    public HeadTokens<T> Log;

    /// <summary>Where documents start, [B, T], or null.</summary>
    public byte* Starts;

    /// <summary>States before chunks, as they lie in scratch; null to keep none.</summary>
    public T* Kept;

    /// <summary>S before the first and after the last token, [B, H, K, V], or their gradients.</summary>
    public T* Initial, Last;

    /// <summary>The gradients to q, k, v.</summary>
    public HeadTokens<TStored> GQ, GK, GV;

    /// <summary>The gradient to l.</summary>
    public HeadTokens<T> GLog;

    /// <summary>beta and its gradient, where the pass is over a delta rule.</summary>
    public HeadTokens<T> Beta, GBeta;

    /// <summary>y and the last S.</summary>
    public readonly void Forward()
    {
        if (Sizes.Decays > 1)
            Run<OuterForward<T, TStored, ChannelDecay<T>>>(OuterScratch.Forward<T>(Sizes));
        else
            Run<OuterForward<T, TStored, HeadDecay<T>>>(OuterScratch.Forward<T>(Sizes));
    }

    /// <summary>The gradients to everything.</summary>
    public readonly void Backward()
    {
        if (Sizes.Decays > 1)
            Run<OuterBackward<T, TStored, ChannelDecay<T>>>(OuterScratch.Backward<T>(Sizes));
        else
            Run<OuterBackward<T, TStored, HeadDecay<T>>>(OuterScratch.Backward<T>(Sizes));
    }

    /// <summary>y and the last S of a delta rule.</summary>
    public readonly void DeltaForward() => Run<DeltaForward<T, TStored>>(DeltaScratch.Forward<T>(Sizes));

    /// <summary>The gradients of a delta rule to everything.</summary>
    public readonly void DeltaBackward() => Run<DeltaBackward<T, TStored>>(DeltaScratch.Backward<T>(Sizes));

    /// <summary>Brings a chunk into scratch: q, k, v, y where it is read, and the decays.</summary>
    public readonly void Enter<TLanes>(ref OuterBlock<T> block, int row, int head, int chunk, bool readsY)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var begin = (long)chunk * OuterSizes.Chunk;
        var tokens = block.Tokens = (int)Math.Min(OuterSizes.Chunk, Sizes.Time - begin);
        Rows<T, TStored>.Read(Q.At(row, begin, head), Q.Stride, block.Q, block.KeyRoom, tokens, Sizes.Keys);
        Rows<T, TStored>.Read(K.At(row, begin, head), K.Stride, block.K, block.KeyRoom, tokens, Sizes.Keys);
        Rows<T, TStored>.Read(V.At(row, begin, head), V.Stride, block.V, block.ValueRoom, tokens, Sizes.Values);
        if (readsY)
            Rows<T, TStored>.Read(Y.At(row, begin, head), Y.Stride, block.Y, block.ValueRoom, tokens, Sizes.Values);

        var width = Sizes.Decays > 1 ? block.KeyRoom : 1;
        var numbers = tokens * width;
        new Span<T>(block.A, OuterSizes.Chunk * width).Clear();
        if (Sizes.Decays > 1)
            Rows<T, AsComputed<T>>.Read((AsComputed<T>*)Log.At(row, begin, head), Log.Stride, block.A, width, tokens, Sizes.Keys);
        else if (Sizes.Decays == 1)
            Column(Log.At(row, begin, head), Log.Stride, block.A, tokens);
        LaneRows<T, TLanes>.Exp(block.A, block.A, OuterSizes.Chunk * width);
        for (var t = 0; Starts is not null && t < tokens; t++)
        {
            if (Starts[(long)row * Sizes.Time + begin + t] != 0)
                new Span<T>(block.A + t * width, width).Clear();
        }
    }

    /// <summary>A number a token, brought side by side.</summary>
    public static void Column(T* from, long stride, T* to, int count)
    {
        for (var t = 0; t < count; t++)
            to[t] = from[t * stride];
    }

    private readonly void Run<TLoop>(long scratch)
        where TLoop : struct, IOuterLoop<T, TStored, TLoop>
    {
        var pass = this;
        ChannelBlocks.Run(Sizes.Batch, Sizes.Heads, 1, (long)Sizes.Time * Sizes.Keys * Sizes.Values / 8, scratch * sizeof(T), (head, memory) =>
        {
            new Span<byte>((void*)memory, checked((int)(scratch * sizeof(T)))).Clear();
            var loop = TLoop.Of(pass, head.Row, head.Start, (T*)memory);
            LaneWidth.Run<T, TLoop>(ref loop, LaneWidth.Most<T>());
        });
    }
}
