using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Measuring;

/// <summary>Whether two sides computed the same tensors.</summary>
public static class Agreement
{
    /// <summary>The largest difference that rounding explains, as a share of the largest number of a tensor: sums of thousands of float32.</summary>
    public const double Tolerance = 5e-4;

    /// <summary>The same in bfloat16, of which 8 bits are kept, in chains of operations that each round.</summary>
    public const double BFloat16Tolerance = 4e-2;

    /// <summary>The largest difference over all tensors, each as a share of the largest number of the peer's; infinite where a tensor is missing, of another shape or not finite.</summary>
    public static double Worst(IReadOnlyDictionary<string, Tensor> ours, IReadOnlyDictionary<string, Tensor> theirs) =>
        ours.Count == theirs.Count && ours.Count > 0 ? ours.Max(each => theirs.TryGetValue(each.Key, out var other) ? Difference(each.Value, other) : double.PositiveInfinity) : double.PositiveInfinity;

    private static double Difference(Tensor ours, Tensor theirs)
    {
        if (!ours.shape.SequenceEqual(theirs.shape))
            return double.PositiveInfinity;
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        theirs = theirs.to(ours.device);
        if (ours.dtype == ScalarType.BFloat16 || theirs.dtype == ScalarType.BFloat16)
            (ours, theirs) = (ours.to(float32), theirs.to(float32));
        var largest = theirs.abs().max().ToDouble();
        var difference = (ours - theirs).abs().max().ToDouble() / Math.Max(largest, float.Epsilon);
        return double.IsFinite(difference) ? difference : double.PositiveInfinity;
    }
}
