using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>The largest of |x - mean| over numbers.</summary>
internal unsafe struct LargestLoop<T>(T* x, double mean) : ILaneLoop<T>
    where T : unmanaged
{
    private readonly T* _x = x;
    private readonly double _mean = mean;

    /// <summary>The largest so far.</summary>
    public double Largest { get; private set; }

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (mean, largest) = (TLanes.Of(_mean), TLanes.Zero);
        for (var at = begin; at < end; at += TLanes.Count)
            largest = TLanes.Max(largest, TLanes.Abs(TLanes.Load(_x + at) - mean));
        Largest = Math.Max(Largest, Number.Of(TLanes.Largest(largest)));
    }
}
