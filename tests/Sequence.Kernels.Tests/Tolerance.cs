using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

/// <summary>How far two computations of the same thing may differ: in the largest value, relative to the largest value of what is expected.</summary>
internal static class Tolerance
{
    public const double Float32 = 1e-5;
    public const double Float64 = 1e-10;

    // two roundings to 8 bits
    public const double BFloat16 = 8e-3;

    public static void Same(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var tolerance = actual.dtype switch { ScalarType.Float64 => Float64, ScalarType.BFloat16 => BFloat16, _ => Float32 };
        var (e, a) = (expected.detach().to(float64), actual.detach().to(float64));
        var off = (e - a).abs().max().ToDouble();
        var scale = Math.Max(e.abs().max().ToDouble(), 1e-3);
        Assert.True(off <= tolerance * scale, $"Off by {off:g3} where values reach {scale:g3}; {off / scale:g3} relative, {tolerance:g3} allowed.");
    }
}
