using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Equality of shapes and, within a tolerance, of elements. NaN equals NaN.</summary>
internal static class Near
{
    public const double Float64 = 1e-9;
    public const double Float32 = 2e-5;
    public const double Difference = 2e-5;

    public static double Tolerance(ScalarType dtype) => dtype is ScalarType.Float32 or ScalarType.ComplexFloat32 ? Float32 : Float64;

    public static void Assert(Grid expected, Tensor actual, string what, double? tolerance = null)
    {
        Grid found = Grid.Of(actual);
        Xunit.Assert.True(expected.Shape.SequenceEqual(found.Shape), $"{what}: shape [{string.Join(", ", expected.Shape)}] expected, [{string.Join(", ", found.Shape)}] found");
        double allowed = tolerance ?? Tolerance(actual.dtype);
        for (int i = 0; i < expected.Values.Length; i++)
        {
            double e = expected.Values[i], f = found.Values[i];
            bool near = e.Equals(f) || Math.Abs(e - f) <= allowed * (1 + Math.Abs(e));
            Xunit.Assert.True(near, $"{what}: element {i} of [{string.Join(", ", found.Shape)}]: {e:R} expected, {f:R} found");
        }
    }
}
