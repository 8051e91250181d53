using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

public sealed class ForeachTests
{
    private static readonly long[][] Shapes = [[1], [63], [64], [65], [2, 3, 5], [0]];

    private static Tensor[] Some(int seed, double low = 0.5, double high = 2) => [.. Shapes.Select(shape => Sample.Seeded(seed, low, high, shape))];

    private static readonly Dictionary<string, (Action<Tensor[], Tensor[], Tensor[]> Run, Func<double, double, double, double> F)> InPlace = new()
    {
        ["add_"] = ((x, a, _) => Foreach.add_(x, a), (x, a, _) => x + a), ["add_ alpha"] = ((x, a, _) => Foreach.add_(x, a, -0.5), (x, a, _) => x - (0.5 * a)), ["add_ scalar"] = ((x, _, _) => Foreach.add_(x, 3), (x, _, _) => x + 3),
        ["sub_"] = ((x, a, _) => Foreach.sub_(x, a, 2), (x, a, _) => x - (2 * a)), ["mul_"] = ((x, a, _) => Foreach.mul_(x, a), (x, a, _) => x * a), ["mul_ scalar"] = ((x, _, _) => Foreach.mul_(x, 0.9), (x, _, _) => x * 0.9),
        ["div_"] = ((x, a, _) => Foreach.div_(x, a), (x, a, _) => x / a), ["div_ scalar"] = ((x, _, _) => Foreach.div_(x, 4), (x, _, _) => x / 4), ["maximum_"] = ((x, a, _) => Foreach.maximum_(x, a), (x, a, _) => Math.Max(x, a)),
        ["addcmul_"] = ((x, a, b) => Foreach.addcmul_(x, a, b, 0.1), (x, a, b) => x + (0.1 * a * b)), ["addcdiv_"] = ((x, a, b) => Foreach.addcdiv_(x, a, b, -0.1), (x, a, b) => x - (0.1 * a / b)),
        ["div_ scalars"] = ((x, _, _) => Foreach.div_(x, [2, 2, 2, 2, 2, 2]), (x, _, _) => x / 2),
        ["addcdiv_ scalars"] = ((x, a, b) => Foreach.addcdiv_(x, a, b, [3, 3, 3, 3, 3, 3]), (x, a, b) => x + (3 * a / b)),
        ["sqrt_"] = ((x, _, _) => Foreach.sqrt_(x), (x, _, _) => Math.Sqrt(x)), ["neg_"] = ((x, _, _) => Foreach.neg_(x), (x, _, _) => -x), ["zero_"] = ((x, _, _) => Foreach.zero_(x), (_, _, _) => 0),
    };

    private static readonly Dictionary<string, (Func<Tensor[], Tensor[], Tensor[]> Run, Func<double, double, double> F)> Pure = new()
    {
        ["add"] = ((x, a) => Foreach.add(x, a, 2), (x, a) => x + (2 * a)), ["mul"] = ((x, _) => Foreach.mul(x, 3), (x, _) => x * 3), ["div"] = ((x, _) => Foreach.div(x, 3), (x, _) => x / 3), ["sqrt"] = ((x, _) => Foreach.sqrt(x), (x, _) => Math.Sqrt(x)),
    };

    public static TheoryData<string> InPlaceNames => [.. InPlace.Keys];

    public static TheoryData<string> PureNames => [.. Pure.Keys];

    [Theory]
    [MemberData(nameof(InPlaceNames))]
    public void Many_at_once_in_place_equals_one_by_one(string name)
    {
        using var scope = NewDisposeScope();
        Tensor[] x = Some(1), a = Some(2), b = Some(3);
        Grid[] expected = [.. x.Select((t, i) => Grid.Zip(Grid.Of(t), Grid.Of(a[i]), Grid.Of(b[i]), InPlace[name].F))];
        InPlace[name].Run(x, a, b);
        Assert.All(x.Zip(expected), pair => Near.Assert(pair.Second, pair.First, name));
    }

    [Theory]
    [MemberData(nameof(PureNames))]
    public void Many_at_once_equals_one_by_one(string name)
    {
        using var scope = NewDisposeScope();
        Tensor[] x = Some(1), a = Some(2), results = Pure[name].Run(x, a);
        for (int i = 0; i < x.Length; i++)
        {
            Near.Assert(Grid.Zip(Grid.Of(x[i]), Grid.Of(a[i]), Pure[name].F), results[i], name);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Norms_of_many_are_the_norms_of_each(double order)
    {
        using var scope = NewDisposeScope();
        Tensor[] x = Some(4, -2, 2), norms = Foreach.norm(x, order);
        Assert.All(x.Zip(norms), pair => Near.Assert(Grid.Scalar(Math.Pow(Grid.Of(pair.First).Values.Sum(v => Math.Pow(Math.Abs(v), order)), 1 / order)), pair.Second, $"{order}-norm"));
    }
}
