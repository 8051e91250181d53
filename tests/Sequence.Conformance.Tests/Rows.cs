using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>Rows of random inputs.</summary>
internal static class Rows
{
    public const int Width = 24;

    /// <summary>Standard normal inputs [B, T, D].</summary>
    public static Tensor Random(long B, long T, ScalarType dtype, ulong seed = 1)
    {
        using var generator = new Generator(seed);
        return randn([B, T, Width], float64, generator: generator).to(dtype);
    }
}
