using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Outer;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Delta;

/// <summary>
/// What the tokens of a chunk write. With b_i the product of the decays from the chunk's start to i and M_ij = W_ij k_i . k_j for j before i,
/// <code>
/// rest = v - (b k) S_before - M u        u = beta rest
/// </code>
/// a triangle that is solved from the first token on, sixteen at a time; its gradient from the last.
/// </summary>
internal static unsafe class DeltaChunk<T, TLanes>
    where T : unmanaged
    where TLanes : struct, ILanes<TLanes, T>
{
    private const int C = OuterSizes.Chunk, Part = OuterSizes.Part;

    /// <summary>rest and u. The chunk has its P and W.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(in OuterBlock<T> block, in DeltaBlock<T> delta, T* S)
    {
        var (n, keys, values) = (block.Tokens, block.KeyRoom, block.ValueRoom);
        var first = Lanes1<T>.Load(block.A);
        for (var i = 0; i < n; i++)
            LaneRows<T, TLanes>.Multiply(block.K + (nint)i * keys, (-(Lanes1<T>.Load(block.W + i * C) * first)).Value, delta.MinusEntering + (nint)i * keys, keys);
        Product<T, TLanes>.Run(
            new(block.K, keys), new Matrix<T>(block.K, keys).Transposed, new(delta.Minus, C), n, n, keys, block.Panel, triangle: Triangle.Result);
        HeadDecay<T>.Weigh<TLanes>(delta.Minus, block.W, n);
        for (var i = 0; i < n; i++)
        {
            LaneRows<T, TLanes>.Multiply(delta.Minus + i * C, Lanes1<T>.Of(-1.0).Value, delta.Minus + i * C, C);
            delta.Minus[i * C + i] = default;
        }

        new Span<T>(block.V, n * values).CopyTo(new Span<T>(delta.Rest, n * values));
        Product<T, TLanes>.Run(new(delta.MinusEntering, keys), new(S, values), new(delta.Rest, values), n, values, keys, block.Panel, add: true);
        for (var r = 0; r < n; r += Part)
        {
            var m = Math.Min(Part, n - r);
            if (r > 0)
                Product<T, TLanes>.Run(new(delta.Minus + r * C, C), new(delta.U, values), new(delta.Rest + (nint)r * values, values), m, values, r, block.Panel, add: true);
            for (var i = r; i < r + m; i++)
            {
                var rest = delta.Rest + (nint)i * values;
                for (var j = r; j < i; j++)
                    Add(delta.Minus[i * C + j], delta.U + (nint)j * values, rest, values);
                LaneRows<T, TLanes>.Multiply(rest, delta.Beta[i], delta.U + (nint)i * values, values);
            }
        }
    }

    /// <summary>From the gradient to u those to v and beta, and that to what is there, which is the one to v with the other sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unwrite(in OuterBlock<T> block, in DeltaBlock<T> delta)
    {
        var (n, values) = (block.Tokens, block.ValueRoom);
        for (var r = (n - 1) / Part * Part; r >= 0; r -= Part)
        {
            var m = Math.Min(Part, n - r);
            var after = r + m;
            if (after < n)
            {
                Product<T, TLanes>.Run(
                    new Matrix<T>(delta.Minus + after * C + r, C).Transposed, new(block.GV + (nint)after * values, values),
                    new(delta.GU + (nint)r * values, values), m, values, n - after, block.Panel, add: true);
            }

            for (var j = after - 1; j >= r; j--)
            {
                var g = delta.GU + (nint)j * values;
                for (var i = j + 1; i < after; i++)
                    Add(delta.Minus[i * C + j], block.GV + (nint)i * values, g, values);
                delta.GBeta[j] = LaneRows<T, TLanes>.Dot(g, delta.Rest + (nint)j * values, values);
                LaneRows<T, TLanes>.Multiply(g, delta.Beta[j], block.GV + (nint)j * values, values);
            }
        }

        LaneRows<T, TLanes>.Multiply(block.GV, Lanes1<T>.Of(-1.0).Value, delta.GU, n * values);
    }

    /// <summary>to + factor x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T factor, T* x, T* to, int count)
    {
        var by = TLanes.Of(factor);
        for (var at = 0; at < count; at += TLanes.Count)
            TLanes.MultiplyAdd(by, TLanes.Load(x + at), TLanes.Load(to + at)).Store(to + at);
    }
}
