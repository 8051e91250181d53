namespace Sequence.Kernels.Lanes;

/// <summary>How memory holds numbers that are computed with in T: a kernel is generic in it, so that bfloat16 is read and written in place.</summary>
/// <typeparam name="TSelf">An element of memory.</typeparam>
/// <typeparam name="T">What is computed in.</typeparam>
internal unsafe interface IStored<TSelf, T>
    where TSelf : unmanaged, IStored<TSelf, T>
    where T : unmanaged
{
    /// <summary>Reads consecutive numbers.</summary>
    static abstract TLanes Load<TLanes>(TSelf* from) where TLanes : struct, ILanes<TLanes, T>;

    /// <summary>Writes consecutive numbers.</summary>
    static abstract void Store<TLanes>(TLanes values, TSelf* to) where TLanes : struct, ILanes<TLanes, T>;
}
