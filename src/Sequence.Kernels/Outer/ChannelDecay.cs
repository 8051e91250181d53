using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Outer;

/// <summary>
/// One decay a key channel and token. A chunk falls into parts of 16 tokens: k_j is brought to the end of its part, and from the end of one part to that of
/// the next, so that a later part reads all earlier tokens by one product of matrices,
/// <code>
/// P_ij = (q_i a_(r..i)) . (k_j a_(j+1..r-1))        i in the part that starts at r, j before r; a_(x..y) the product of the decays from x to y
/// </code>
/// and inside of a part the product of the decays is taken pair by pair (<see cref="DecayedPairs{T, TLanes}"/>). What is brought to the end of the last part
/// is what leaves the chunk. The gradient to l_t is what the state before the chunk has, and the sum of k_j dk_j - q_j dq_j over j before t; nothing passes a
/// decay of zero.
/// </summary>
internal readonly unsafe struct ChannelDecay<T> : IChunkDecay<T>
    where T : unmanaged
{
    private const int C = OuterSizes.Chunk;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TLanes>(in OuterBlock<T> block)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (n, width) = (block.Tokens, block.KeyRoom);
        var one = Lanes1<T>.Of(1.0).Value;
        LaneRows<T, TLanes>.Fill(block.Whole, one, width);
        for (var r = 0; r < n; r += OuterSizes.Part)
        {
            var m = Math.Min(OuterSizes.Part, n - r);
            var part = block.Parts + (nint)(r / OuterSizes.Part) * width;
            T* q = block.Q + (nint)r * width, inPart = block.InPart + (nint)r * width, a = block.A + (nint)r * width, P = block.P + r * C;

            LaneRows<T, TLanes>.Fill(part, one, width);
            for (var i = 0; i < m; i++)
            {
                LaneRows<T, TLanes>.Multiply(part, a + (nint)i * width, part, width);
                LaneRows<T, TLanes>.Multiply(part, q + (nint)i * width, inPart + (nint)i * width, width);
                LaneRows<T, TLanes>.Multiply(block.Whole, inPart + (nint)i * width, block.Entering + (nint)(r + i) * width, width);
                new Span<T>(P + i * C + r, C - r).Clear();
            }

            if (r > 0)
                Product<T, TLanes>.Run(new(inPart, width), new Matrix<T>(block.Leaving, width).Transposed, new(P, C), m, r, width, block.Panel);
            DecayedPairs<T, TLanes>.Scores(q, block.K + (nint)r * width, a, P + r, m, width, block.Sums);
            Bring<TLanes>(block, r, m);
            LaneRows<T, TLanes>.Multiply(block.Whole, part, block.Whole, width);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TLanes>(in OuterBlock<T> block)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (n, width) = (block.Tokens, block.KeyRoom);
        var one = Lanes1<T>.Of(1.0).Value;
        LaneRows<T, TLanes>.Fill(block.Whole, one, width);
        for (var r = 0; r < n; r += OuterSizes.Part)
        {
            var m = Math.Min(OuterSizes.Part, n - r);
            var gq = block.GQ + (nint)r * width;
            LaneRows<T, TLanes>.MultiplyRows(gq, block.Whole, m, width);
            if (r > 0)
                Product<T, TLanes>.Run(new(block.GP + r * C, C), new(block.Leaving, width), new(gq, width), m, width, r, block.Panel, add: true);
            LaneRows<T, TLanes>.Fill(block.Row, one, width);
            for (var i = 0; i < m; i++)
            {
                LaneRows<T, TLanes>.Multiply(block.Row, block.A + (nint)(r + i) * width, block.Row, width);
                LaneRows<T, TLanes>.Multiply(gq + (nint)i * width, block.Row, gq + (nint)i * width, width);
            }

            Bring<TLanes>(block, r, m);
            LaneRows<T, TLanes>.Multiply(block.Whole, block.Parts + (nint)(r / OuterSizes.Part) * width, block.Whole, width);
        }

        for (var r = (n - 1) / OuterSizes.Part * OuterSizes.Part; r >= 0; r -= OuterSizes.Part)
        {
            var m = Math.Min(OuterSizes.Part, n - r);
            var at = (nint)r * width;
            LaneRows<T, TLanes>.Fill(block.Row, one, width);
            for (var j = m - 1; j >= 0; j--)
            {
                var gk = block.GK + at + (nint)j * width;
                LaneRows<T, TLanes>.Multiply(gk, block.Row, gk, width);
                LaneRows<T, TLanes>.Multiply(block.Row, block.A + at + (nint)j * width, block.Row, width);
            }

            DecayedPairs<T, TLanes>.Gradients(block.Q + at, block.K + at, block.A + at, block.GP + r * C + r, block.GQ + at, block.GK + at, m, width);
            if (r == 0)
                break;
            LaneRows<T, TLanes>.MultiplyRows(block.GK, block.Parts + (nint)(r / OuterSizes.Part) * width, r, width);
            Product<T, TLanes>.Run(
                new Matrix<T>(block.GP + r * C, C).Transposed, new(block.InPart + at, width), new(block.GK, width), r, width, m, block.Panel, add: true);
        }

        if (block.GL is not null)
            Decays<TLanes>(block);
    }

    /// <summary>Brings keys to the end of the part that starts at r: earlier ones by the decays of the part, its own by those after them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Bring<TLanes>(in OuterBlock<T> block, int r, int m)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var width = block.KeyRoom;
        LaneRows<T, TLanes>.MultiplyRows(block.Leaving, block.Parts + (nint)(r / OuterSizes.Part) * width, r, width);
        LaneRows<T, TLanes>.Fill(block.Row, Lanes1<T>.Of(1.0).Value, width);
        for (var j = r + m - 1; j >= r; j--)
        {
            LaneRows<T, TLanes>.Multiply(block.Row, block.K + (nint)j * width, block.Leaving + (nint)j * width, width);
            LaneRows<T, TLanes>.Multiply(block.Row, block.A + (nint)j * width, block.Row, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Decays<TLanes>(in OuterBlock<T> block)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var width = block.KeyRoom;
        for (var at = 0; at < width; at += TLanes.Count)
        {
            var earlier = TLanes.Load(block.Before + at);
            for (var i = 0; i < block.Tokens; i++)
            {
                var here = (nint)i * width + at;
                earlier = TLanes.WhereLess(TLanes.Zero, TLanes.Load(block.A + here), earlier, TLanes.Zero);
                earlier.Store(block.GL + here);
                earlier += TLanes.Load(block.K + here) * TLanes.Load(block.GK + here) - TLanes.Load(block.Q + here) * TLanes.Load(block.GQ + here);
            }
        }
    }
}
