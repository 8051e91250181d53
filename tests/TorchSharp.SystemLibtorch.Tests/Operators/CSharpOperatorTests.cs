using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

public sealed class CSharpOperatorTests
{
    private static readonly Tensor A = Sample.Uniform(0.5, 2, 3, 5), B = Sample.Seeded(4, 0.5, 2, 5);

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static readonly Dictionary<string, (Func<Tensor> Call, Func<double, double, double> F)> Cases = new()
    {
        ["a + b"] = (() => A + B, (a, b) => a + b), ["a - b"] = (() => A - B, (a, b) => a - b), ["a * b"] = (() => A * B, (a, b) => a * b), ["a / b"] = (() => A / B, (a, b) => a / b),
        ["a % b"] = (() => A % B, (a, b) => a - (b * Math.Floor(a / b))), ["-a"] = (() => -A, (a, _) => -a),
        ["a + 2"] = (() => A + 2, (a, _) => a + 2), ["a - 2L"] = (() => A - 2L, (a, _) => a - 2), ["a * 2f"] = (() => A * 2f, (a, _) => a * 2), ["a / 2.0"] = (() => A / 2.0, (a, _) => a / 2), ["a % 2"] = (() => A % 2, (a, _) => a % 2),
        ["2 + a"] = (() => 2 + A, (a, _) => 2 + a), ["2L - a"] = (() => 2L - A, (a, _) => 2 - a), ["2f * a"] = (() => 2f * A, (a, _) => 2 * a), ["2.0 / a"] = (() => 2.0 / A, (a, _) => 2 / a), ["1 / a"] = (() => 1 / A, (a, _) => 1 / a), ["1 - a"] = (() => 1 - A, (a, _) => 1 - a),
        ["a == b"] = (() => A == B, (a, b) => a == b ? 1 : 0), ["a != b"] = (() => A != B, (a, b) => a != b ? 1 : 0), ["a < b"] = (() => A < B, (a, b) => a < b ? 1 : 0), ["a <= b"] = (() => A <= B, (a, b) => a <= b ? 1 : 0),
        ["a > b"] = (() => A > B, (a, b) => a > b ? 1 : 0), ["a >= b"] = (() => A >= B, (a, b) => a >= b ? 1 : 0), ["a > 1"] = (() => A > 1, (a, _) => a > 1 ? 1 : 0), ["a <= 1.0"] = (() => A <= 1.0, (a, _) => a <= 1 ? 1 : 0),
        ["1 > a (scalar)"] = (() => (Scalar)1 > A, (a, _) => 1 > a ? 1 : 0), ["1 <= a (scalar)"] = (() => (Scalar)1 <= A, (a, _) => 1 <= a ? 1 : 0),
        ["~(a > 1)"] = (() => ~(A > 1), (a, _) => a > 1 ? 0 : 1), ["(a > 1) & (a < b)"] = (() => (A > 1) & (A < B), (a, b) => a > 1 && a < b ? 1 : 0),
        ["(a > 1) | (a < b)"] = (() => (A > 1) | (A < B), (a, b) => a > 1 || a < b ? 1 : 0), ["(a > 1) ^ (a < b)"] = (() => (A > 1) ^ (A < B), (a, b) => a > 1 ^ a < b ? 1 : 0),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Operators_work_element_by_element(string name)
    {
        using var scope = NewDisposeScope();
        (Func<Tensor> call, Func<double, double, double> f) = Cases[name];
        Near.Assert(Grid.Zip(Grid.Of(A), Grid.Of(B), f), call(), name);
    }

    [Fact]
    public void Numbers_and_arrays_become_tensors_and_back()
    {
        using var scope = NewDisposeScope();
        Tensor single = 2.5f, whole = 3L, small = 3, truth = true, line = new[] { 1.0, 2.0 };
        Assert.Equal([ScalarType.Float32, ScalarType.Int64, ScalarType.Int32, ScalarType.Bool, ScalarType.Float64], new[] { single, whole, small, truth, line }.Select(t => t.dtype));
        Assert.Equal([2L], line.shape);
        Assert.Equal(2.5f, (float)single);
        Assert.Equal(3, (int)whole);
        Assert.Equal(3L, (long)small);
        Assert.Equal(2.5, (double)single);
        Assert.True((bool)truth);
    }

    [Fact]
    public void A_scalar_does_not_widen_a_tensor()
    {
        using var scope = NewDisposeScope();
        Tensor single = torch.ones([2], dtype: ScalarType.Float32), whole = torch.ones([2], dtype: ScalarType.Int64);
        Assert.Equal(ScalarType.Float32, (single * 2.0).dtype);
        Assert.Equal(ScalarType.Float32, (2.0 / single).dtype);
        Assert.Equal(ScalarType.Int64, (whole + 1).dtype);
        Assert.Equal(ScalarType.Float32, (whole * 0.5).dtype);
    }
}
