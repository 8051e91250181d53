using Sequence.Kernels.Cuda;
using Sequence.Kernels.Lanes;
using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Kernels.Optim;

/// <summary>
/// AdamW (arXiv 1711.05101) in one pass over memory, on the CPU with all parameters of a step shared among threads, on a GPU with many of them in one launch:
/// <code>
/// m = b1 m + (1 - b1) g        v = b2 v + (1 - b2) g^2
/// p = (1 - a w) p - a / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + e)
/// </code>
/// The tensor library's <c>optim.AdamW</c> is the same arithmetic in eight passes. A number is read and written by one thread, so threads do not change a bit.
/// </summary>
public static class FusedAdamW
{
    // of 28 bytes an element in float32: seven streams of a block stay in the second cache, and a thread has work for some ten microseconds
    private const int BlockLength = 1 << 14;

    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "adamw", "AdamW of the tensor library", KernelForm.OnBoth("fused AdamW", [CudaAdamW.Program], ScalarType.Float32, ScalarType.Float64));

    /// <summary>Why this form does not take a parameter, its device and element type aside; null where it does.</summary>
    public static string? Refusal(Tensor value) => value.is_contiguous() ? null : "a parameter is not contiguous";

    /// <summary>One update of each parameter.</summary>
    public static void Step(IReadOnlyList<AdamWParameter> parameters, AdamWRates rates)
    {
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. parameters.Select(each => each.Gradient.contiguous())];
        if (parameters.Count > 0 && CudaPlatform.Takes(parameters[0].Value))
            CudaAdamW.Step(parameters, gradients, rates);
        else
            OnThreads(parameters, gradients, rates);
        // addresses do not keep them
        GC.KeepAlive(parameters);
        GC.KeepAlive(gradients);
    }

    private static unsafe void OnThreads(IReadOnlyList<AdamWParameter> parameters, Tensor[] gradients, AdamWRates rates)
    {
        var blocks = new List<Block>();
        for (var index = 0; index < parameters.Count; index++)
        {
            var parameter = parameters[index];
            for (long begin = 0, count = parameter.Value.numel(); begin < count; begin += BlockLength)
                blocks.Add(new Block(index, begin, (int)Math.Min(BlockLength, count - begin)));
        }

        Work.For(0, blocks.Count, 1, (from, to) =>
        {
            for (var index = (int)from; index < to; index++)
            {
                var block = blocks[index];
                if (parameters[block.Parameter].Value.dtype == ScalarType.Float64)
                    Run<double>(parameters[block.Parameter], gradients[block.Parameter], rates, block);
                else
                    Run<float>(parameters[block.Parameter], gradients[block.Parameter], rates, block);
            }
        });
    }

    private static unsafe void Run<T>(AdamWParameter parameter, Tensor gradient, AdamWRates rates, Block block)
        where T : unmanaged
    {
        var loop = new Loop<T>(
            Memory.Of<T>(parameter.Value) + block.Begin, Memory.Of<T>(gradient) + block.Begin,
            Memory.Of<T>(parameter.Mean) + block.Begin, Memory.Of<T>(parameter.Square) + block.Begin, rates, parameter.WeightDecay, parameter.Update);
        LaneWidth.Run<T, Loop<T>>(ref loop, block.Count);
    }

    /// <summary>A stretch of a parameter.</summary>
    private readonly record struct Block(int Parameter, long Begin, int Count);

    private readonly unsafe struct Loop<T>(T* p, T* g, T* m, T* v, AdamWRates rates, double decay, long t) : ILaneLoop<T>
        where T : unmanaged
    {
        private readonly double _kept = 1 - rates.LearningRate * decay;
        private readonly double _step = -rates.LearningRate / (1 - Math.Pow(rates.Beta1, t));
        private readonly double _root = 1 / Math.Sqrt(1 - Math.Pow(rates.Beta2, t));

        public void Run<TLanes>(int begin, int end)
            where TLanes : struct, ILanes<TLanes, T>
        {
            var (b1, c1, b2, c2) = (TLanes.Of(rates.Beta1), TLanes.Of(1 - rates.Beta1), TLanes.Of(rates.Beta2), TLanes.Of(1 - rates.Beta2));
            var (kept, step, root, epsilon) = (TLanes.Of(_kept), TLanes.Of(_step), TLanes.Of(_root), TLanes.Of(rates.Epsilon));
            for (var i = begin; i < end; i += TLanes.Count)
            {
                var gradient = TLanes.Load(g + i);
                var mean = TLanes.MultiplyAdd(c1, gradient, b1 * TLanes.Load(m + i));
                var square = TLanes.MultiplyAdd(c2 * gradient, gradient, b2 * TLanes.Load(v + i));
                mean.Store(m + i);
                square.Store(v + i);
                var denominator = TLanes.MultiplyAdd(TLanes.Sqrt(square), root, epsilon);
                TLanes.MultiplyAdd(step, mean / denominator, kept * TLanes.Load(p + i)).Store(p + i);
            }
        }
    }
}
