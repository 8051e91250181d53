using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Outer;

/// <summary>
/// y and S of a head, chunk by chunk:
/// <code>
/// y = P v + entering S        S_after = diag(whole) S + leaving^T v
/// </code>
/// </summary>
internal readonly unsafe struct OuterForward<T, TStored, TDecay> : IOuterLoop<T, TStored, OuterForward<T, TStored, TDecay>>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
    where TDecay : IChunkDecay<T>
{
    private readonly OuterPass<T, TStored> _pass;
    private readonly int _row, _head;
    private readonly T* _memory;

    private OuterForward(OuterPass<T, TStored> pass, int row, int head, T* memory)
    {
        (_pass, _row, _head) = (pass, row, head);
        _memory = memory;
    }

    /// <inheritdoc/>
    public static OuterForward<T, TStored, TDecay> Of(OuterPass<T, TStored> pass, int row, int head, T* memory) => new(pass, row, head, memory);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var sizes = _pass.Sizes;
        var block = OuterScratch.Forward(sizes, _memory, out var scratch);
        var (keys, values, state) = (block.KeyRoom, block.ValueRoom, (nint)sizes.State<T>());
        var kept = _pass.Kept is null ? null : _pass.Kept + sizes.KeptAt<T>(_row, _head);
        var S = kept is null ? scratch : kept;
        if (kept is not null)
            new Span<T>(S, checked((int)state)).Clear();

        Rows<T, AsComputed<T>>.Read((AsComputed<T>*)(_pass.Initial + sizes.StateAt(_row, _head)), sizes.Values, S, values, sizes.Keys, sizes.Values);
        for (var chunk = 0; chunk < sizes.Chunks; chunk++)
        {
            _pass.Enter<TLanes>(ref block, _row, _head, chunk, readsY: false);
            TDecay.Forward<TLanes>(block);
            var n = block.Tokens;
            Product<T, TLanes>.Run(new(block.P, OuterSizes.Chunk), new(block.V, values), new(block.Y, values), n, values, n, block.Panel, triangle: Triangle.Lower);
            Product<T, TLanes>.Run(new(block.Entering, keys), new(S, values), new(block.Y, values), n, values, keys, block.Panel, add: true);
            Rows<T, TStored>.Write(block.Y, values, _pass.Y.At(_row, (long)chunk * OuterSizes.Chunk, _head), _pass.Y.Stride, n, sizes.Values);

            // the last state is not before any chunk, so it stays in scratch
            var after = kept is null ? S : chunk + 1 < sizes.Chunks ? S + state : scratch;
            for (var i = 0; i < keys; i++)
                LaneRows<T, TLanes>.Multiply(S + (nint)i * values, block.Whole[i], after + (nint)i * values, values);
            Product<T, TLanes>.Run(new Matrix<T>(block.Leaving, keys).Transposed, new(block.V, values), new(after, values), keys, values, n, block.Panel, add: true);
            S = after;
        }

        Rows<T, AsComputed<T>>.Write(S, values, (AsComputed<T>*)(_pass.Last + sizes.StateAt(_row, _head)), sizes.Values, sizes.Keys, sizes.Values);
    }
}
