using System.Runtime.CompilerServices;
using Sequence.Kernels;
using Sequence.Kernels.Lanes;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Measuring;

/// <summary>2^x of numbers that lie in each core's own cache, at the width of the machine: as fast as exponentials are here.</summary>
internal static class Exponentials
{
    private const int Block = 1 << 12;

    /// <summary>y = 2^x in float32, all threads, blocks of a few kilobytes over and over.</summary>
    /// <param name="x">Input, [threads, at least 4,096].</param>
    /// <param name="y">Output, of the same shape.</param>
    /// <param name="times">How often each thread computes its block.</param>
    /// <returns>Exponentials computed.</returns>
    public static unsafe long Compute(Tensor x, Tensor y, int times)
    {
        float* from = Memory.Of<float>(x), to = Memory.Of<float>(y);
        var width = x.shape[1];
        Work.For(0, x.shape[0], 1, (begin, end) =>
        {
            for (var thread = begin; thread < end; thread++)
            {
                var loop = new Loop(from + thread * width, to + thread * width);
                for (var time = 0; time < times; time++)
                    LaneWidth.Run<float, Loop>(ref loop, Block);
            }
        });
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return x.shape[0] * Block * times;
    }

    private readonly unsafe struct Loop(float* x, float* y) : ILaneLoop<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>(int begin, int end)
            where TLanes : struct, ILanes<TLanes, float>
        {
            for (var i = begin; i < end; i += TLanes.Count)
                LaneMath.Exp2<TLanes, float>(TLanes.Load(x + i)).Store(y + i);
        }
    }
}
