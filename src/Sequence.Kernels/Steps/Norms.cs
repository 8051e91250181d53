using Sequence.Kernels.Lanes;
using static TorchSharp.torch;

namespace Sequence.Kernels.Steps;

/// <summary>Norms of vectors, of each of H groups of their numbers alone.</summary>
public static unsafe class Norms
{
    /// <summary>
    /// y = w x / sqrt(mean(x^2) + epsilon), each group's mean its own. The squares are of x beside its largest number: they do not overflow where x does not.
    /// y may be x.
    /// </summary>
    /// <param name="x">[B, W].</param>
    /// <param name="weight">w, [W].</param>
    /// <param name="epsilon">Added to the mean.</param>
    /// <param name="y">[B, W].</param>
    /// <param name="groups">H.</param>
    public static void RootMeanSquare(Vectors x, Tensor weight, double epsilon, Vectors y, int groups = 1)
    {
        y.Fits(x);
        y.Fits(Vectors.Shared(weight));
        if (x.IsDouble)
            Run<double>(x, StepMemory.Of<double>(weight), null, epsilon, y, groups, centred: false);
        else
            Run<float>(x, StepMemory.Of<float>(weight), null, epsilon, y, groups, centred: false);
        GC.KeepAlive(weight);
    }

    /// <summary>y = w (x - mean(x)) / sqrt(var(x) + epsilon) + b, each group's mean and variance its own. y may be x.</summary>
    /// <param name="x">[B, W].</param>
    /// <param name="weight">w, [W].</param>
    /// <param name="bias">b, [W]; null for none.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">[B, W].</param>
    /// <param name="groups">H.</param>
    public static void Layer(Vectors x, Tensor weight, Tensor? bias, double epsilon, Vectors y, int groups = 1)
    {
        y.Fits(x);
        y.Fits(Vectors.Shared(weight));
        if (x.IsDouble)
            Run<double>(x, StepMemory.Of<double>(weight), bias is null ? null : StepMemory.Of<double>(bias), epsilon, y, groups, centred: true);
        else
            Run<float>(x, StepMemory.Of<float>(weight), bias is null ? null : StepMemory.Of<float>(bias), epsilon, y, groups, centred: true);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
    }

    private static void Run<T>(Vectors x, T* weight, T* bias, double epsilon, Vectors y, int groups, bool centred)
        where T : unmanaged
    {
        var width = x.Width / groups;
        for (var row = 0; row < x.Batch; row++)
        {
            for (var group = 0; group < groups; group++)
            {
                var at = group * width;
                var from = x.Row<T>(row) + at;
                var mean = centred ? Total<T, Itself>(from, 0, 1, width) / width : 0;
                var largest = Math.Max(1, Largest(from, mean, width));
                var square = Total<T, Squared>(from, mean, 1 / largest, width) / width;
                var scale = 1 / largest / Math.Sqrt(square + epsilon / largest / largest);
                var loop = new NormLoop<T>(from, weight + at, bias is null ? null : bias + at, mean, scale, y.Row<T>(row) + at);
                LaneWidth.Run<T, NormLoop<T>>(ref loop, width);
            }
        }
    }

    private static double Total<T, TTerm>(T* x, double mean, double scale, int width)
        where T : unmanaged
        where TTerm : ITerm
    {
        var loop = new TotalLoop<T, TTerm>(x, mean, scale);
        LaneWidth.Run<T, TotalLoop<T, TTerm>>(ref loop, width);
        return loop.Total;
    }

    private static double Largest<T>(T* x, double mean, int width)
        where T : unmanaged
    {
        var loop = new LargestLoop<T>(x, mean);
        LaneWidth.Run<T, LargestLoop<T>>(ref loop, width);
        return loop.Largest;
    }
}
