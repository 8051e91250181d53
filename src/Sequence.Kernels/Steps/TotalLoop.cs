using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>The sum of a term of s (x - mean) over numbers.</summary>
internal unsafe struct TotalLoop<T, TTerm>(T* x, double mean, double scale) : ILaneLoop<T>
    where T : unmanaged
    where TTerm : ITerm
{
    private readonly T* _x = x;
    private readonly double _mean = mean, _scale = scale;

    /// <summary>The sum so far.</summary>
    public double Total { get; private set; }

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (mean, scale, sum) = (TLanes.Of(_mean), TLanes.Of(_scale), TLanes.Zero);
        for (var at = begin; at < end; at += TLanes.Count)
            sum += TTerm.Of<TLanes, T>((TLanes.Load(_x + at) - mean) * scale);
        Total += Number.Of(TLanes.Sum(sum));
    }
}
