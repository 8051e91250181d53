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
}
