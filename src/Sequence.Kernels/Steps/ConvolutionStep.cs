using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>
/// y = b + W_0 u + sum_(j=1..w-1) W_j u_(t-j) for one row, elementwise in the channels, and the window [w - 1, C] moves on by u: first the oldest.
/// </summary>
internal readonly unsafe struct ConvolutionStep<T>(T* weight, T* bias, T* u, T* window, int past, int channels, T* y) : ILaneLoop<T>
    where T : unmanaged
{
    private readonly T* _weight = weight, _bias = bias, _u = u, _window = window, _y = y;
    private readonly int _past = past, _channels = channels;

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var at = begin; at < end; at += TLanes.Count)
        {
            var u = TLanes.Load(_u + at);
            var y = TLanes.MultiplyAdd(u, TLanes.Load(_weight + at), TLanes.Load(_bias + at));
            var place = _window + at;
            for (var j = _past; j >= 1; j--, place += _channels)
            {
                y = TLanes.MultiplyAdd(TLanes.Load(place), TLanes.Load(_weight + (long)j * _channels + at), y);
                (j > 1 ? TLanes.Load(place + _channels) : u).Store(place);
            }

            y.Store(_y + at);
        }
    }
}
