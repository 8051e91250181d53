using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Outer;

/// <summary>
/// One decay a head and token, or none. With W_ij the product of the decays after token j up to i,
/// <code>
/// P = W * (q k^T)        entering_i = W_i0 a_0 q_i        leaving_j = W_(C-1)j k_j
/// </code>
/// The gradient to l_t is what the state before the chunk has, and the sum of k_j . dk_j - q_j . dq_j over j before t; nothing passes a decay of zero.
/// </summary>
internal readonly unsafe struct HeadDecay<T> : IChunkDecay<T>
    where T : unmanaged
{
    private const int C = OuterSizes.Chunk;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TLanes>(in OuterBlock<T> block)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (n, width) = (block.Tokens, block.KeyRoom);
        T* a = block.A, W = block.W;
        var one = Lanes1<T>.Of(1.0).Value;
        new Span<T>(W, C).Clear();
        W[0] = one;
        for (var i = 1; i < n; i++)
        {
            LaneRows<T, TLanes>.Multiply(W + (i - 1) * C, a[i], W + i * C, C);
            W[i * C + i] = one;
        }

        Product<T, TLanes>.Run(new(block.Q, width), new Matrix<T>(block.K, width).Transposed, new(block.P, C), n, n, width, block.Panel, triangle: Triangle.Result);
        Weigh<TLanes>(block.P, W, n);

        var first = Lanes1<T>.Load(a);
        for (var i = 0; i < n; i++)
        {
            var whole = (Lanes1<T>.Load(W + i * C) * first).Value;
            LaneRows<T, TLanes>.Multiply(block.Q + (nint)i * width, whole, block.Entering + (nint)i * width, width);
            LaneRows<T, TLanes>.Multiply(block.K + (nint)i * width, W[(n - 1) * C + i], block.Leaving + (nint)i * width, width);
        }

        LaneRows<T, TLanes>.Fill(block.Whole, (Lanes1<T>.Load(W + (n - 1) * C) * first).Value, width);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TLanes>(in OuterBlock<T> block)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (n, width) = (block.Tokens, block.KeyRoom);
        var W = block.W;
        Weigh<TLanes>(block.GP, W, n);
        var first = Lanes1<T>.Load(block.A);
        for (var i = 0; i < n; i++)
        {
            T* gq = block.GQ + (nint)i * width, gk = block.GK + (nint)i * width;
            LaneRows<T, TLanes>.Multiply(gq, (Lanes1<T>.Load(W + i * C) * first).Value, gq, width);
            LaneRows<T, TLanes>.Multiply(gk, W[(n - 1) * C + i], gk, width);
        }

        var GP = new Matrix<T>(block.GP, C);
        Product<T, TLanes>.Run(GP, new(block.K, width), new(block.GQ, width), n, width, n, block.Panel, add: true, Triangle.Lower);
        Product<T, TLanes>.Run(GP.Transposed, new(block.Q, width), new(block.GK, width), n, width, n, block.Panel, add: true, Triangle.Upper);
        if (block.GL is null)
            return;

        var earlier = Lanes1<T>.Zero;
        for (var at = 0; at < width; at++)
            earlier += Lanes1<T>.Load(block.Before + at);
        for (var i = 0; i < n; i++)
        {
            var at = (nint)i * width;
            earlier = Lanes1<T>.WhereLess(Lanes1<T>.Zero, Lanes1<T>.Load(block.A + i), earlier, Lanes1<T>.Zero);
            earlier.Store(block.GL + i);
            earlier += new Lanes1<T>(LaneRows<T, TLanes>.Dot(block.K + at, block.GK + at, width)) - new Lanes1<T>(LaneRows<T, TLanes>.Dot(block.Q + at, block.GQ + at, width));
        }
    }

    /// <summary>Scores times W up to the diagonal, zero after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weigh<TLanes>(T* scores, T* W, int n)
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var i = 0; i < n; i++)
        {
            var row = scores + i * C;
            LaneRows<T, TLanes>.Multiply(row, W + i * C, row, i + 1);
            new Span<T>(row + i + 1, C - i - 1).Clear();
        }
    }
}
