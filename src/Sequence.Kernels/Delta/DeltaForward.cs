using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Outer;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Delta;

/// <summary>
/// y and S of a head under the delta rule, chunk by chunk, with u as <see cref="DeltaChunk{T, TLanes}"/> finds it:
/// <code>
/// y = P u + entering S        S_after = diag(whole) S + leaving^T u
/// </code>
/// </summary>
internal readonly unsafe struct DeltaForward<T, TStored> : IOuterLoop<T, TStored, DeltaForward<T, TStored>>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    private readonly OuterPass<T, TStored> _pass;
    private readonly int _row, _head;
    private readonly T* _memory;

    private DeltaForward(OuterPass<T, TStored> pass, int row, int head, T* memory)
    {
        (_pass, _row, _head) = (pass, row, head);
        _memory = memory;
    }

    /// <inheritdoc/>
    public static DeltaForward<T, TStored> Of(OuterPass<T, TStored> pass, int row, int head, T* memory) => new(pass, row, head, memory);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var sizes = _pass.Sizes;
        var block = OuterScratch.Forward(sizes, _memory, out var S);
        var delta = DeltaScratch.ForwardBlock(sizes, _memory);
        var (keys, values, state) = (block.KeyRoom, block.ValueRoom, sizes.State<T>());
        var kept = _pass.Kept is null ? null : _pass.Kept + sizes.KeptAt<T>(_row, _head);
        Rows<T, AsComputed<T>>.Read((AsComputed<T>*)(_pass.Initial + sizes.StateAt(_row, _head)), sizes.Values, S, values, sizes.Keys, sizes.Values);
        for (var chunk = 0; chunk < sizes.Chunks; chunk++)
        {
            var first = (long)chunk * OuterSizes.Chunk;
            if (kept is not null)
                new Span<T>(S, checked((int)state)).CopyTo(new Span<T>(kept + chunk * state, checked((int)state)));
            _pass.Enter<TLanes>(ref block, _row, _head, chunk, readsY: false);
            OuterPass<T, TStored>.Column(_pass.Beta.At(_row, first, _head), _pass.Beta.Stride, delta.Beta, block.Tokens);
            HeadDecay<T>.Forward<TLanes>(block);
            DeltaChunk<T, TLanes>.Write(block, delta, S);

            var (n, u) = (block.Tokens, new Matrix<T>(delta.U, values));
            Product<T, TLanes>.Run(new(block.P, OuterSizes.Chunk), u, new(block.Y, values), n, values, n, block.Panel, triangle: Triangle.Lower);
            Product<T, TLanes>.Run(new(block.Entering, keys), new(S, values), new(block.Y, values), n, values, keys, block.Panel, add: true);
            Rows<T, TStored>.Write(block.Y, values, _pass.Y.At(_row, first, _head), _pass.Y.Stride, n, sizes.Values);
            for (var i = 0; i < keys; i++)
                LaneRows<T, TLanes>.Multiply(S + (nint)i * values, block.Whole[i], S + (nint)i * values, values);
            Product<T, TLanes>.Run(new Matrix<T>(block.Leaving, keys).Transposed, u, new(S, values), keys, values, n, block.Panel, add: true);
        }

        Rows<T, AsComputed<T>>.Write(S, values, (AsComputed<T>*)(_pass.Last + sizes.StateAt(_row, _head)), sizes.Values, sizes.Keys, sizes.Values);
    }
}
