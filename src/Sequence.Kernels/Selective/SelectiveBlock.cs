using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Selective;

/// <summary>
/// A block of channels over a stretch of tokens, in scratch memory. What there is N of a channel is packed, [channels / lanes, N, lanes], so that the loop over N
/// walks through memory.
/// </summary>
/// <typeparam name="T">What is computed in.</typeparam>
internal unsafe struct SelectiveBlock<T>
    where T : unmanaged
{
    /// <summary>From a token to the next in dt and its like.</summary>
    public int Stride;

    /// <summary>N.</summary>
    public int States;

    /// <summary>Where in [B, T, E]: the row, its first token, how many, the first channel, how many.</summary>
    public int Row, Begin, Tokens, Start, Count;

    /// <summary>The stretch after this one: its first token and how many, zero for none.</summary>
    public int Next, NextTokens;

    /// <summary>[tokens, channels].</summary>
    public T* Dt, W, Y;

    /// <summary>[tokens, N].</summary>
    public T* B, C;

    /// <summary>[tokens], other than zero where the state is forgotten first; null for nowhere.</summary>
    public byte* Starts;

    /// <summary>A log2 e, packed.</summary>
    public T* A;

    /// <summary>h before the stretch, after it once it has run; packed.</summary>
    public T* H;

    /// <summary>The gradients to y, dt and w, [tokens, channels].</summary>
    public T* GY, GDt, GW;

    /// <summary>The sums over the block's channels that are the gradients to B and C, [tokens, 2, N].</summary>
    public T* GBC;

    /// <summary>The gradient to h after the stretch, before it once it has run; packed.</summary>
    public T* GH;

    /// <summary>The gradient to A, a sum over all stretches; packed.</summary>
    public T* GA;

    /// <summary>Of one vector of channels: e^(dt A) [tokens, N, lanes], h [tokens + 1, N, lanes].</summary>
    public T* Decays, Hs;

    /// <summary>The parts of <see cref="GBC"/> a lane, [tokens, 2, N, lanes].</summary>
    public T* Parts;

    /// <summary>Whether no dt A of a vector of channels is so large that its exponential would be cut off, <see cref="NearPowerOfTwo{TLanes, T}"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly bool IsNear<TLanes>(int e)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (a, dt) = (TLanes.Zero, TLanes.Zero);
        for (var n = 0; n < States; n++)
            a = Larger(a, TLanes.Abs(TLanes.Load(A + (long)e * States + n * TLanes.Count)));
        for (var t = 0; t < Tokens; t++)
            dt = Larger(dt, TLanes.Abs(TLanes.Load(Dt + (long)t * Stride + e)));
        return TLanes.AllLess(a * dt, TLanes.Of(NearPowerOfTwo<TLanes, T>.Most));
    }

    // never a NaN: all that comes of one is NaN whichever way it is computed
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Larger<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes, T>
        => TLanes.WhereLess(x, y, y, x);
}
