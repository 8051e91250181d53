using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Outer;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Delta;

/// <summary>
/// The gradients of a head under the delta rule, chunk by chunk from the last. u is written as v is in an outer-product scan, and k reads what is there
/// as q reads y, only of earlier tokens: with g for what comes in at y, e for the gradient to what is there, dS for that to the state after the chunk,
/// <code>
/// du = P^T g + leaving dS        dv = beta (I + beta M)^-T du        e = -dv
/// dq = b (g S^T) + (W * g u^T) k
/// dk = leaving decays (u dS^T) + (W * g u^T)^T q + (W * e u^T)^T k    and, as it reads,    b (e S^T) + (W * e u^T) k
/// dS_before = diag(whole) dS + entering^T g + (b k)^T e
/// </code>
/// </summary>
internal readonly unsafe struct DeltaBackward<T, TStored> : IOuterLoop<T, TStored, DeltaBackward<T, TStored>>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    private const int C = OuterSizes.Chunk;

    private readonly OuterPass<T, TStored> _pass;
    private readonly int _row, _head;
    private readonly T* _memory;

    private DeltaBackward(OuterPass<T, TStored> pass, int row, int head, T* memory)
    {
        (_pass, _row, _head) = (pass, row, head);
        _memory = memory;
    }

    /// <inheritdoc/>
    public static DeltaBackward<T, TStored> Of(OuterPass<T, TStored> pass, int row, int head, T* memory) => new(pass, row, head, memory);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var sizes = _pass.Sizes;
        var block = OuterScratch.Backward(sizes, _memory, out var dS);
        var delta = DeltaScratch.BackwardBlock(sizes, _memory);
        var values = block.ValueRoom;
        Rows<T, AsComputed<T>>.Read((AsComputed<T>*)(_pass.Last + sizes.StateAt(_row, _head)), sizes.Values, dS, values, sizes.Keys, sizes.Values);
        for (var chunk = sizes.Chunks - 1; chunk >= 0; chunk--)
        {
            var S = _pass.Kept + sizes.KeptAt<T>(_row, _head) + chunk * sizes.State<T>();
            _pass.Enter<TLanes>(ref block, _row, _head, chunk, readsY: true);
            OuterPass<T, TStored>.Column(_pass.Beta.At(_row, (long)chunk * C, _head), _pass.Beta.Stride, delta.Beta, block.Tokens);
            HeadDecay<T>.Forward<TLanes>(block);
            DeltaChunk<T, TLanes>.Write(block, delta, S);
            Values<TLanes>(block, delta, dS);
            Keys<TLanes>(block, delta, S, dS);
            State<TLanes>(block, dS);
            Product<T, TLanes>.Run(
                new Matrix<T>(delta.MinusEntering, block.KeyRoom).Transposed, new(block.GV, values), new(dS, values), block.KeyRoom, values, block.Tokens, block.Panel, add: true);
            if (block.GL is not null)
                Decays<TLanes>(block, delta, S, dS);
            Leave<TLanes>(block, delta, (long)chunk * C);
        }

        Rows<T, AsComputed<T>>.Write(dS, values, (AsComputed<T>*)(_pass.Initial + sizes.StateAt(_row, _head)), sizes.Values, sizes.Keys, sizes.Values);
    }

    private static void Values<TLanes>(in OuterBlock<T> block, in DeltaBlock<T> delta, T* dS)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (n, keys, values) = (block.Tokens, block.KeyRoom, block.ValueRoom);
        Product<T, TLanes>.Run(
            new Matrix<T>(block.P, C).Transposed, new(block.Y, values), new(delta.GU, values), n, values, n, block.Panel, triangle: Triangle.Upper);
        Product<T, TLanes>.Run(new(block.Leaving, keys), new(dS, values), new(delta.GU, values), n, values, keys, block.Panel, add: true);
        DeltaChunk<T, TLanes>.Unwrite(block, delta);
    }

    private static void Keys<TLanes>(in OuterBlock<T> block, in DeltaBlock<T> delta, T* S, T* dS)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (n, keys, values) = (block.Tokens, block.KeyRoom, block.ValueRoom);
        Matrix<T> g = new(block.Y, values), e = new(delta.GU, values), u = new(delta.U, values), state = new Matrix<T>(S, values).Transposed;
        Matrix<T> gP = new(block.GP, C), gM = new(delta.GM, C), q = new(block.Q, keys), k = new(block.K, keys);
        Matrix<T> gq = new(block.GQ, keys), gk = new(block.GK, keys), reading = new(delta.GReading, keys);

        Product<T, TLanes>.Run(g, u.Transposed, gP, n, n, values, block.Panel, triangle: Triangle.Result);
        Product<T, TLanes>.Run(e, u.Transposed, gM, n, n, values, block.Panel, triangle: Triangle.Result);
        HeadDecay<T>.Weigh<TLanes>(block.GP, block.W, n);
        HeadDecay<T>.Weigh<TLanes>(delta.GM, block.W, n);
        Product<T, TLanes>.Run(g, state, gq, n, keys, values, block.Panel);
        Product<T, TLanes>.Run(e, state, reading, n, keys, values, block.Panel);
        Product<T, TLanes>.Run(u, new Matrix<T>(dS, values).Transposed, gk, n, keys, values, block.Panel);
        var first = Lanes1<T>.Load(block.A);
        for (var i = 0; i < n; i++)
        {
            delta.GM[i * C + i] = default;
            var at = (nint)i * keys;
            var entering = (Lanes1<T>.Load(block.W + i * C) * first).Value;
            LaneRows<T, TLanes>.Multiply(block.GQ + at, entering, block.GQ + at, keys);
            LaneRows<T, TLanes>.Multiply(delta.GReading + at, entering, delta.GReading + at, keys);
            LaneRows<T, TLanes>.Multiply(block.GK + at, block.W[(n - 1) * C + i], block.GK + at, keys);
        }

        Product<T, TLanes>.Run(gP, k, gq, n, keys, n, block.Panel, add: true, Triangle.Lower);
        Product<T, TLanes>.Run(gM, k, reading, n, keys, n, block.Panel, add: true, Triangle.Lower);
        Product<T, TLanes>.Run(gP.Transposed, q, gk, n, keys, n, block.Panel, add: true, Triangle.Upper);
        Product<T, TLanes>.Run(gM.Transposed, k, gk, n, keys, n, block.Panel, add: true, Triangle.Upper);
    }

    private static void State<TLanes>(in OuterBlock<T> block, T* dS)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (keys, values) = (block.KeyRoom, block.ValueRoom);
        for (var i = 0; i < keys; i++)
            LaneRows<T, TLanes>.Multiply(dS + (nint)i * values, block.Whole[i], dS + (nint)i * values, values);
        Product<T, TLanes>.Run(
            new Matrix<T>(block.Entering, keys).Transposed, new(block.Y, values), new(dS, values), keys, values, block.Tokens, block.Panel, add: true);
    }

    /// <summary>The gradient to l_t: what the state before the chunk has, and of every earlier token what it writes less what it reads; nothing passes a decay of zero.</summary>
    private static void Decays<TLanes>(in OuterBlock<T> block, in DeltaBlock<T> delta, T* S, T* dS)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (keys, values) = (block.KeyRoom, block.ValueRoom);
        var earlier = new Lanes1<T>(LaneRows<T, TLanes>.Dot(S, dS, keys * values));
        for (var i = 0; i < block.Tokens; i++)
        {
            var at = (nint)i * keys;
            earlier = Lanes1<T>.WhereLess(Lanes1<T>.Zero, Lanes1<T>.Load(block.A + i), earlier, Lanes1<T>.Zero);
            earlier.Store(block.GL + i);
            earlier += new Lanes1<T>(LaneRows<T, TLanes>.Dot(block.K + at, block.GK + at, keys))
                - new Lanes1<T>(LaneRows<T, TLanes>.Dot(block.Q + at, block.GQ + at, keys))
                - new Lanes1<T>(LaneRows<T, TLanes>.Dot(block.K + at, delta.GReading + at, keys));
        }
    }

    private void Leave<TLanes>(in OuterBlock<T> block, in DeltaBlock<T> delta, long begin)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (sizes, n) = (_pass.Sizes, block.Tokens);
        for (var at = 0; at < n * block.KeyRoom; at += TLanes.Count)
            (TLanes.Load(block.GK + at) + TLanes.Load(delta.GReading + at)).Store(block.GK + at);
        Rows<T, TStored>.Write(block.GQ, block.KeyRoom, _pass.GQ.At(_row, begin, _head), _pass.GQ.Stride, n, sizes.Keys);
        Rows<T, TStored>.Write(block.GK, block.KeyRoom, _pass.GK.At(_row, begin, _head), _pass.GK.Stride, n, sizes.Keys);
        Rows<T, TStored>.Write(block.GV, block.ValueRoom, _pass.GV.At(_row, begin, _head), _pass.GV.Stride, n, sizes.Values);
        Rows<T, AsComputed<T>>.Write(delta.GBeta, 1, (AsComputed<T>*)_pass.GBeta.At(_row, begin, _head), _pass.GBeta.Stride, n, 1);
        if (sizes.Decays > 0)
            Rows<T, AsComputed<T>>.Write(block.GL, 1, (AsComputed<T>*)_pass.GLog.At(_row, begin, _head), _pass.GLog.Stride, n, 1);
    }
}
