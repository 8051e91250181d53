using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Inputs: seeded values of awkward shapes, and copies that lie in memory in another order.</summary>
internal static class Sample
{
    /// <summary>Scalar, one, empty, and around a vector register's multiples; then two and three dimensions.</summary>
    public static readonly long[][] Shapes = [[], [1], [0], [63], [64], [65], [3, 1], [2, 0, 3], [2, 3, 5]];

    /// <summary>Evenly drawn from [low, high).</summary>
    public static Tensor Uniform(double low, double high, params long[] shape) => Seeded(shape.Length + (int)Grid.Count(shape), low, high, shape);

    public static Tensor Seeded(int seed, double low, double high, params long[] shape)
    {
        Random random = new(seed);
        double[] values = new double[Grid.Count(shape)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = low + ((high - low) * random.NextDouble());
        }

        return tensor(values, dtype: ScalarType.Float64).reshape(shape);
    }

    public static Tensor X(params long[] shape) => Seeded(7, -2, 2, shape);
    public static Tensor Y(params long[] shape) => Seeded(11, -2, 2, shape);
    public static Tensor Z(params long[] shape) => Seeded(13, -2, 2, shape);

    public static Tensor Whole(int seed, long low, long high, params long[] shape)
    {
        Random random = new(seed);
        long[] values = new long[Grid.Count(shape)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextInt64(low, high);
        }

        return tensor(values, dtype: ScalarType.Int64).reshape(shape);
    }

    public static Tensor Truth(int seed, params long[] shape) => Whole(seed, 0, 2, shape).to(ScalarType.Bool);

    /// <summary>No two elements alike, so that order and extremes have one answer.</summary>
    public static Tensor Distinct(int seed, params long[] shape)
    {
        double[] values = [.. Enumerable.Range(0, (int)Grid.Count(shape)).Select(i => (i * 0.37) - 1.3)];
        new Random(seed).Shuffle(values);
        return tensor(values, dtype: ScalarType.Float64).reshape(shape);
    }

    /// <summary>The same elements with other strides.</summary>
    public static Tensor Strided(Tensor tensor) => tensor.ndim switch
    {
        0 => tensor,
        1 => stack([tensor, tensor], -1).select(-1, 0),
        _ => tensor.transpose(0, -1).contiguous().transpose(0, -1),
    };
}
