namespace Sequence.Kernels.Lanes;

/// <summary>A loop over numbers that lie side by side (channels, usually), written for any width.</summary>
/// <typeparam name="T">What is computed in.</typeparam>
internal interface ILaneLoop<T>
    where T : unmanaged
{
    /// <summary>Works on [begin, end), a whole number of lanes.</summary>
    void Run<TLanes>(int begin, int end) where TLanes : struct, ILanes<TLanes, T>;
}
