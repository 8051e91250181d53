using static TorchSharp.torch;

namespace TorchSharp.Tests.NN;

/// <summary>Elements of tensors as doubles, and how near they must be.</summary>
internal static class Numbers
{
    /// <summary>For results of float32 arithmetic against float64.</summary>
    public const double SingleTolerance = 2e-5;

    /// <summary>For results of float64 arithmetic in another order.</summary>
    public const double DoubleTolerance = 1e-12;

    public static double[] Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>Repeatable numbers in [-1, 1) without a pattern.</summary>
    public static double[] Spread(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * 2 - 1)];
    }

    public static Tensor Tensor(double[] values, params long[] shape) => tensor(values, dtype: ScalarType.Float64).reshape(shape);

    public static void Near(double[] expected, Tensor actual, double tolerance) => Near(expected, Of(actual), tolerance);

    public static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])), $"element {i}: {actual[i]:R}, expected {expected[i]:R}");
    }
}
