using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Losses;

/// <summary>
/// <see cref="CrossEntropy"/> of z = x W^T, x: [N, D], W: [V, D]: the head of a language model and its loss in one, so that the fused form never holds the
/// logits, [N, V] and often the largest tensor of a training step.
/// </summary>
public static class LinearCrossEntropy
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "linear-cross-entropy", "logits as a whole, cross-entropy in tensor operations",
        new KernelForm("cross-entropy by blocks of rows", DeviceType.CPU, ScalarType.Float32, ScalarType.Float64),
        new KernelForm("cross-entropy by blocks of rows", DeviceType.CUDA, ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16) { Programs = [CudaCrossEntropy.Program] });

    /// <summary>The form that is preferred and takes the inputs.</summary>
    /// <param name="x">[N, D].</param>
    /// <param name="weight">W, [V, D].</param>
    /// <param name="targets">[N] int64, classes or <paramref name="ignored"/>.</param>
    /// <param name="reduction">The sum or the mean.</param>
    /// <param name="ignored">A target that is not scored.</param>
    /// <exception cref="ArgumentException">On the CPU, a target is not a class (on a GPU the fused form does not wait to look: its loss is NaN); or a shape is not what the others say.</exception>
    public static Tensor Run(Tensor x, Tensor weight, Tensor targets, nn.Reduction reduction, long ignored = -100)
    {
        // on the CPU, products in float32 are as fast
        if (CudaPlatform.Takes(x) && MixedPrecision.Element(x.device_type) is { } element)
            (x, weight) = (x.to(element), weight.to(element));
        return Kernel.Fuses(x, FusedLinearCrossEntropy.Refusal(x, weight, reduction))
            ? FusedLinearCrossEntropy.Run(x, weight, targets, reduction, ignored)
            : Plain(x, weight, targets, reduction, ignored);
    }

    /// <summary>The meaning, in tensor operations.</summary>
    public static Tensor Plain(Tensor x, Tensor weight, Tensor targets, nn.Reduction reduction, long ignored = -100)
    {
        Hold(x, weight, targets);
        return CrossEntropy.Plain(nn.functional.linear(x, weight), targets, reduction, ignored);
    }

    /// <summary>Holds W and targets against x.</summary>
    internal static void Hold(Tensor x, Tensor weight, Tensor targets)
    {
        var shapes = new Shapes(Kernel.Name);
        shapes.Is(x, "N D");
        shapes.Is(weight, "V D");
        shapes.Is(shapes.Holds(targets, ScalarType.Int64), "N");
    }
}
