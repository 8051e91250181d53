using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>Axes of one that stand for as many as there are elsewhere.</summary>
internal static class Spread
{
    /// <summary>A gradient of all that a tensor was spread over, summed to its shape and in its element type.</summary>
    public static Tensor Back(Tensor gradient, Tensor like)
    {
        long[] axes = [.. Enumerable.Range(0, (int)like.dim()).Where(axis => like.shape[axis] == 1 && gradient.shape[axis] > 1)];
        return (axes.Length == 0 ? gradient : gradient.sum(axes, keepdim: true)).to(like.dtype);
    }
}
