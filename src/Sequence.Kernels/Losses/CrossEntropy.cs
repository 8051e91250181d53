using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Losses;

/// <summary>
/// The cross-entropy of a softmax over V classes, in nats,
/// <code>
/// loss = sum_n (log sum_v e^(z_nv) - z_(n, y_n)) s        z: logits [N, V]; y: targets [N] int64
/// </code>
/// over the rows whose target is not <c>ignored</c>, s = 1 for the sum and 1 / their count for the mean (NaN where there are none). A scalar, never narrower
/// than float32.
/// </summary>
public static class CrossEntropy
{
    /// <summary>Its forms.</summary>
    public static Kernel Kernel { get; } = new(
        "cross-entropy", "cross-entropy in tensor operations",
        KernelForm.OnBoth("fused cross-entropy", [CudaCrossEntropy.Program], ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16));

    /// <summary>The form that is preferred and takes the logits.</summary>
    /// <param name="logits">[N, V].</param>
    /// <param name="targets">[N] int64, classes or <paramref name="ignored"/>.</param>
    /// <param name="reduction">The sum or the mean.</param>
    /// <param name="ignored">A target that is not scored.</param>
    /// <exception cref="ArgumentException">On the CPU, a target is not a class (on a GPU the fused form does not wait to look: its loss is NaN); or the targets are not one a row.</exception>
    public static Tensor Run(Tensor logits, Tensor targets, nn.Reduction reduction, long ignored = -100) =>
        Kernel.Fuses(logits, FusedCrossEntropy.Refusal(reduction))
            ? FusedCrossEntropy.Run(logits, targets, reduction, ignored)
            : Plain(logits, targets, reduction, ignored);

    /// <summary>The meaning, in tensor operations.</summary>
    public static Tensor Plain(Tensor logits, Tensor targets, nn.Reduction reduction, long ignored = -100)
    {
        Hold(new(Kernel.Name), logits, targets);
        // elsewhere the device itself looks, for reading targets would wait for it
        if (targets.device_type == DeviceType.CPU)
            CrossEntropyRows.Classes(targets, logits.shape[1], ignored);
        return nn.functional.cross_entropy(logits.to(StateElement.Of(logits.dtype)), targets, ignore_index: ignored, reduction: reduction);
    }

    /// <summary>Holds targets against logits.</summary>
    internal static void Hold(Shapes shapes, Tensor logits, Tensor targets)
    {
        shapes.Is(logits, "N V");
        shapes.Is(shapes.Holds(targets, ScalarType.Int64), "N");
    }
}
