using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Outer;

/// <summary>How the decays of a chunk enter: one a head, or one a key channel. Decays are multiplied and never divided, so that none is too strong.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
internal interface IChunkDecay<T>
    where T : unmanaged
{
    /// <summary>Makes P, Entering, Leaving and Whole of q, k and the decays.</summary>
    static abstract void Forward<TLanes>(in OuterBlock<T> block) where TLanes : struct, ILanes<TLanes, T>;

    /// <summary>
    /// Makes the gradients to q, k and l. On entry GQ is that to q with all decays from the chunk's start, through the state; GK that to k with all decays
    /// to its end; GP that to P, zero after the diagonal.
    /// </summary>
    static abstract void Backward<TLanes>(in OuterBlock<T> block) where TLanes : struct, ILanes<TLanes, T>;
}
