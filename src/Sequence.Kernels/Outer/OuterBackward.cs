using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Outer;

/// <summary>
/// The gradients of a head, chunk by chunk from the last, with g for what comes in at y and dS for the gradient to the state after the chunk:
/// <code>
/// dP = g v^T                                    dv = P^T g + leaving dS
/// dq = decays (g S^T) + what dP says            dk = decays (v dS^T) + what dP says
/// dS_before = diag(whole) dS + entering^T g
/// </code>
/// </summary>
internal readonly unsafe struct OuterBackward<T, TStored, TDecay> : IOuterLoop<T, TStored, OuterBackward<T, TStored, TDecay>>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
    where TDecay : IChunkDecay<T>
{
    private const int C = OuterSizes.Chunk;

    private readonly OuterPass<T, TStored> _pass;
    private readonly int _row, _head;
    private readonly T* _memory;

    private OuterBackward(OuterPass<T, TStored> pass, int row, int head, T* memory)
    {
        (_pass, _row, _head) = (pass, row, head);
        _memory = memory;
    }

    /// <inheritdoc/>
    public static OuterBackward<T, TStored, TDecay> Of(OuterPass<T, TStored> pass, int row, int head, T* memory) => new(pass, row, head, memory);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var sizes = _pass.Sizes;
        var block = OuterScratch.Backward(sizes, _memory, out var dS);
        var (keys, values) = (block.KeyRoom, block.ValueRoom);
        Rows<T, AsComputed<T>>.Read((AsComputed<T>*)(_pass.Last + sizes.StateAt(_row, _head)), sizes.Values, dS, values, sizes.Keys, sizes.Values);
        for (var chunk = sizes.Chunks - 1; chunk >= 0; chunk--)
        {
            var S = _pass.Kept + sizes.KeptAt<T>(_row, _head) + chunk * (nint)sizes.State<T>();
            _pass.Enter<TLanes>(ref block, _row, _head, chunk, readsY: true);
            TDecay.Forward<TLanes>(block);
            var n = block.Tokens;
            Matrix<T> g = new(block.Y, values), v = new(block.V, values), dq = new(block.GQ, keys), dk = new(block.GK, keys), dv = new(block.GV, values);

            // zero after the diagonal, where the product leaves what was there or sums of no meaning
            Product<T, TLanes>.Run(g, v.Transposed, new(block.GP, C), n, n, values, block.Panel, triangle: Triangle.Result);
            for (var i = 0; i < n; i++)
                new Span<T>(block.GP + i * C + i + 1, C - i - 1).Clear();

            Product<T, TLanes>.Run(new Matrix<T>(block.P, C).Transposed, g, dv, n, values, n, block.Panel, triangle: Triangle.Upper);
            Product<T, TLanes>.Run(new(block.Leaving, keys), new(dS, values), dv, n, values, keys, block.Panel, add: true);
            Product<T, TLanes>.Run(g, new Matrix<T>(S, values).Transposed, dq, n, keys, values, block.Panel);
            Product<T, TLanes>.Run(v, new Matrix<T>(dS, values).Transposed, dk, n, keys, values, block.Panel);
            for (var i = 0; i < keys; i++)
                LaneRows<T, TLanes>.Multiply(dS + (nint)i * values, block.Whole[i], dS + (nint)i * values, values);
            Product<T, TLanes>.Run(new Matrix<T>(block.Entering, keys).Transposed, g, new(dS, values), keys, values, n, block.Panel, add: true);
            if (block.GL is not null)
            {
                for (var i = 0; i < keys; i++)
                    block.Before[i] = LaneRows<T, TLanes>.Dot(S + (nint)i * values, dS + (nint)i * values, values);
            }

            TDecay.Backward<TLanes>(block);
            Leave(block, (long)chunk * C);
        }

        Rows<T, AsComputed<T>>.Write(dS, values, (AsComputed<T>*)(_pass.Initial + sizes.StateAt(_row, _head)), sizes.Values, sizes.Keys, sizes.Values);
    }

    private void Leave(in OuterBlock<T> block, long begin)
    {
        var (sizes, n) = (_pass.Sizes, block.Tokens);
        Rows<T, TStored>.Write(block.GQ, block.KeyRoom, _pass.GQ.At(_row, begin, _head), _pass.GQ.Stride, n, sizes.Keys);
        Rows<T, TStored>.Write(block.GK, block.KeyRoom, _pass.GK.At(_row, begin, _head), _pass.GK.Stride, n, sizes.Keys);
        Rows<T, TStored>.Write(block.GV, block.ValueRoom, _pass.GV.At(_row, begin, _head), _pass.GV.Stride, n, sizes.Values);
        if (sizes.Decays > 0)
        {
            var width = sizes.Decays > 1 ? block.KeyRoom : 1;
            Rows<T, AsComputed<T>>.Write(block.GL, width, (AsComputed<T>*)_pass.GLog.At(_row, begin, _head), _pass.GLog.Stride, n, sizes.Decays);
        }
    }
}
