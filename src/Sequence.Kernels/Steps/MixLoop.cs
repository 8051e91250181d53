using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>x = s x + t y, in the place of x.</summary>
internal readonly unsafe struct MixLoop<T>(T* x, double s, T* y, double t) : ILaneLoop<T>
    where T : unmanaged
{
    private readonly T* _x = x, _y = y;

    /// <summary>Over every vector of a batch.</summary>
    public static void Run(Vectors x, double s, Vectors y, double t)
    {
        for (var row = 0; row < x.Batch; row++)
        {
            var loop = new MixLoop<T>(x.Row<T>(row), s, y.Row<T>(row), t);
            LaneWidth.Run<T, MixLoop<T>>(ref loop, x.Width);
        }
    }

    /// <summary>x = s x over some numbers.</summary>
    public static void Run(T* x, double s, int count)
    {
        var loop = new MixLoop<T>(x, s, x, 0);
        LaneWidth.Run<T, MixLoop<T>>(ref loop, count);
    }

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        var (ofX, ofY) = (TLanes.Of(s), TLanes.Of(t));
        for (var at = begin; at < end; at += TLanes.Count)
            TLanes.MultiplyAdd(ofX, TLanes.Load(_x + at), ofY * TLanes.Load(_y + at)).Store(_x + at);
    }
}
