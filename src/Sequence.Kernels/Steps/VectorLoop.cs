using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>x = f(x, y, z), elementwise, in the place of x.</summary>
internal readonly unsafe struct VectorLoop<T, TFunction>(T* x, T* y, T* z) : ILaneLoop<T>
    where T : unmanaged
    where TFunction : IVectorFunction
{
    private readonly T* _x = x, _y = y, _z = z;

    /// <summary>Over every vector of a batch.</summary>
    public static void Run(Vectors x, Vectors y, Vectors z)
    {
        for (var row = 0; row < x.Batch; row++)
        {
            var loop = new VectorLoop<T, TFunction>(x.Row<T>(row), y.Row<T>(row), z.Row<T>(row));
            LaneWidth.Run<T, VectorLoop<T, TFunction>>(ref loop, x.Width);
        }
    }

    /// <inheritdoc/>
    public void Run<TLanes>(int begin, int end)
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var at = begin; at < end; at += TLanes.Count)
            TFunction.Of<TLanes, T>(TLanes.Load(_x + at), TLanes.Load(_y + at), TLanes.Load(_z + at)).Store(_x + at);
    }
}
