using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Outer;

/// <summary>All chunks of a head, in one direction.</summary>
internal unsafe interface IOuterLoop<T, TStored, TSelf> : ILaneLoop<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
    where TSelf : struct, IOuterLoop<T, TStored, TSelf>
{
    /// <summary>Over a head of a row, in scratch memory that is zero.</summary>
    static abstract TSelf Of(OuterPass<T, TStored> pass, int row, int head, T* memory);
}
