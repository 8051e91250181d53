using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>y = w s (x - mean) + b, elementwise.</summary>
internal readonly unsafe struct NormLoop<T>(T* x, T* weight, T* bias, double mean, double scale, T* y) : ILaneLoop<T>
    where T : unmanaged
{
    private readonly T* _x = x, _weight = weight, _bias = bias, _y = y;
    private readonly double _mean = mean, _scale = scale;

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (mean, scale) = (TLanes.Of(_mean), TLanes.Of(_scale));
        for (var at = begin; at < end; at += TLanes.Count)
        {
            var y = (TLanes.Load(_x + at) - mean) * scale * TLanes.Load(_weight + at);
            (_bias is null ? y : y + TLanes.Load(_bias + at)).Store(_y + at);
        }
    }
}
