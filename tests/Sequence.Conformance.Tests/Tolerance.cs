using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>How far two computations of the same layer may differ, in each element.</summary>
internal static class Tolerance
{
    public const double RelativeFloat32 = 6e-4;
    public const double AbsoluteFloat32 = 1e-4;
    public const double Float64 = 1e-10;

    /// <summary>Of a derivative against central differences, in float64.</summary>
    public const double Derivative = 1e-6;

    public static void Same(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        var (relative, absolute) = actual.dtype == ScalarType.Float64 ? (Float64, Float64) : (RelativeFloat32, AbsoluteFloat32);
        Assert.Equal(expected.shape, actual.shape);
        var off = (expected.to(float64) - actual.to(float64)).abs() - relative * expected.to(float64).abs();
        Assert.True(off.numel() == 0 || off.max().ToDouble() <= absolute, $"Off by {off.max().ToDouble():g3} more than a relative {relative:g3}; {absolute:g3} allowed.");
    }

    public static void Exactly(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.Equals(actual), "Values differ; they should be the same bit for bit.");
    }
}
