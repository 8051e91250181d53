namespace Sequence.Kernels.Lanes;

/// <summary>Work that keeps to one width of lanes throughout and sees to what is left over itself.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
internal interface ILaneWork<T>
    where T : unmanaged
{
    /// <summary>Does it.</summary>
    void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T>;
}
