using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Functions of two numbers: tensor with tensor over shapes that broadcast, and tensor with scalar.</summary>
internal static class BinaryTable
{
    private static readonly (long[] Left, long[] Right)[] Pairs =
        [([], []), ([1], [1]), ([65], [65]), ([3, 1], [5]), ([2, 3, 5], [3, 1]), ([63], []), ([0], [1]), ([2, 0], [1, 1]), ([1, 64], [2, 1])];

    private static readonly Dictionary<string, (Func<double, double, double> F, double Low, double High, bool Smooth)> Functions = new()
    {
        ["add"] = ((a, b) => a + b, -2, 2, true), ["sub"] = ((a, b) => a - b, -2, 2, true), ["subtract"] = ((a, b) => a - b, -2, 2, true),
        ["mul"] = ((a, b) => a * b, -2, 2, true), ["multiply"] = ((a, b) => a * b, -2, 2, true),
        ["div"] = ((a, b) => a / b, 0.3, 2, true), ["divide"] = ((a, b) => a / b, 0.3, 2, true), ["true_divide"] = ((a, b) => a / b, 0.3, 2, true),
        ["floor_divide"] = ((a, b) => Math.Floor(a / b), 0.3, 4, false), ["remainder"] = ((a, b) => a - (b * Math.Floor(a / b)), 0.3, 4, false), ["fmod"] = ((a, b) => a % b, 0.3, 4, false),
        ["pow"] = (Math.Pow, 0.3, 2, true), ["float_power"] = (Math.Pow, 0.3, 2, true),
        ["atan2"] = (Math.Atan2, 0.2, 2, true), ["arctan2"] = (Math.Atan2, 0.2, 2, true), ["arctan"] = (Math.Atan2, 0.2, 2, true), ["hypot"] = ((a, b) => Math.Sqrt((a * a) + (b * b)), 0.2, 2, true),
        ["logaddexp"] = ((a, b) => Math.Log(Math.Exp(a) + Math.Exp(b)), -2, 2, true), ["logaddexp2"] = ((a, b) => Math.Log2(Math.Pow(2, a) + Math.Pow(2, b)), -2, 2, true),
        ["xlogy"] = ((a, b) => a * Math.Log(b), 0.2, 2, true), ["copysign"] = (Math.CopySign, 0.2, 2, true),
        ["eq"] = ((a, b) => a == b ? 1 : 0, -2, 2, false), ["ne"] = ((a, b) => a != b ? 1 : 0, -2, 2, false), ["lt"] = ((a, b) => a < b ? 1 : 0, -2, 2, false),
        ["le"] = ((a, b) => a <= b ? 1 : 0, -2, 2, false), ["gt"] = ((a, b) => a > b ? 1 : 0, -2, 2, false), ["ge"] = ((a, b) => a >= b ? 1 : 0, -2, 2, false),
        ["greater"] = ((a, b) => a > b ? 1 : 0, -2, 2, false), ["greater_equal"] = ((a, b) => a >= b ? 1 : 0, -2, 2, false), ["less"] = ((a, b) => a < b ? 1 : 0, -2, 2, false),
        ["less_equal"] = ((a, b) => a <= b ? 1 : 0, -2, 2, false), ["not_equal"] = ((a, b) => a != b ? 1 : 0, -2, 2, false), ["equal"] = ((a, b) => a == b ? 1 : 0, -2, 2, false),
        ["maximum"] = (Math.Max, -2, 2, true), ["minimum"] = (Math.Min, -2, 2, true), ["fmax"] = (Math.Max, -2, 2, true), ["fmin"] = (Math.Min, -2, 2, true), ["max"] = (Math.Max, -2, 2, true), ["min"] = (Math.Min, -2, 2, true),
        ["logical_and"] = ((a, b) => a != 0 && b != 0 ? 1 : 0, -2, 2, false), ["logical_or"] = ((a, b) => a != 0 || b != 0 ? 1 : 0, -2, 2, false), ["logical_xor"] = ((a, b) => a != 0 ^ b != 0 ? 1 : 0, -2, 2, false),
    };

    private static readonly Dictionary<string, Func<long, long, long>> OnIntegers = new()
    {
        ["add"] = (a, b) => a + b, ["sub"] = (a, b) => a - b, ["mul"] = (a, b) => a * b, ["remainder"] = (a, b) => ((a % b) + b) % b, ["floor_divide"] = (a, b) => (long)Math.Floor((double)a / b),
        ["bitwise_and"] = (a, b) => a & b, ["bitwise_or"] = (a, b) => a | b, ["bitwise_xor"] = (a, b) => a ^ b, ["bitwise_left_shift"] = (a, b) => a << (int)b, ["bitwise_right_shift"] = (a, b) => a >> (int)b,
        ["eq"] = (a, b) => a == b ? 1 : 0, ["maximum"] = Math.Max,
    };

    public static IEnumerable<OperatorCase> Cases()
    {
        foreach ((string name, (Func<double, double, double> f, double low, double high, bool smooth)) in Functions)
        {
            foreach ((long[] left, long[] right) in Pairs)
            {
                Tensor a = Sample.Seeded(3, low, high, left), b = Sample.Seeded(4, low, high, right);
                yield return new(typeof(torch), name, [a, b], g => [Grid.Zip(g[0], g[1], f)]) { Differentiable = smooth && a.numel() * b.numel() > 0, Varied = name != "float_power" };
            }

            Tensor x = Sample.Seeded(5, low, high, 3, 5);
            if (OperatorCall.Find(typeof(Tensor), name, false, [(Scalar)1.25]) is not null)
            {
                yield return new(typeof(torch), name, [x, (Scalar)1.25], g => [g[0].Map(v => f(v, 1.25))]) { Differentiable = smooth };
            }
        }

        foreach ((string name, Func<long, long, long> f) in OnIntegers)
        {
            Tensor a = Sample.Whole(6, 0, 20, 3, 5), b = Sample.Whole(7, 1, 5, 5);
            yield return new(typeof(torch), name, [a, b], g => [Grid.Zip(g[0], g[1], (p, q) => f((long)p, (long)q))]) { Differentiable = false };
        }

        foreach (RoundingMode mode in Enum.GetValues<RoundingMode>())
        {
            Func<double, double> rounded = mode switch { RoundingMode.trunc => Math.Truncate, RoundingMode.floor => Math.Floor, _ => q => q };
            foreach (string name in (string[])["div", "divide"])
            {
                yield return new(typeof(torch), name, [Sample.X(3, 5), Sample.Seeded(8, 0.3, 0.9, 5), mode], g => [Grid.Zip(g[0], g[1], (a, b) => rounded(a / b))]) { Differentiable = mode == RoundingMode.None };
                yield return new(typeof(torch), name, [Sample.X(65), (Scalar)0.7, mode], g => [g[0].Map(a => rounded(a / 0.7))]) { Differentiable = mode == RoundingMode.None, Varied = mode == RoundingMode.None };
            }
        }

        foreach (OperatorCase mixed in Mixed())
        {
            yield return mixed;
        }
    }

    private static CaseList Mixed() => new()
    {
        { "add", [Sample.X(3, 5), Sample.Y(5), (Scalar)0.5], g => Grid.Zip(g[0], g[1], (a, b) => a + (0.5 * b)) },
        { "add", [Sample.X(65), (Scalar)3.0, (Scalar)0.5], g => g[0].Map(a => a + 1.5) },
        { "addcmul", [Sample.X(3, 5), Sample.Y(5), Sample.Z(3, 1), (Scalar)0.7], g => Grid.Zip(g[0], g[1], g[2], (x, a, b) => x + (0.7 * a * b)) },
        { "addcdiv", [Sample.X(3, 5), Sample.Y(5), Sample.Uniform(0.4, 2, 3, 1), (Scalar)0.7], g => Grid.Zip(g[0], g[1], g[2], (x, a, b) => x + (0.7 * a / b)) },
        { "addcdiv", [Sample.X(64), Sample.Y(64), Sample.Uniform(0.4, 2, 64)], g => Grid.Zip(g[0], g[1], g[2], (x, a, b) => x + (a / b)) },
        { "lerp", [Sample.X(3, 5), Sample.Y(3, 5), Sample.Uniform(0, 1, 3, 5)], g => Grid.Zip(g[0], g[1], g[2], (x, y, w) => x + (w * (y - x))) },
        { "dist", [Sample.X(65), Sample.Y(65), 2f], g => Grid.Scalar(Math.Sqrt(Grid.Zip(g[0], g[1], (a, b) => (a - b) * (a - b)).Values.Sum())) },
        { "dist", [Sample.X(65), Sample.Y(65), 1f], g => Grid.Scalar(Grid.Zip(g[0], g[1], (a, b) => Math.Abs(a - b)).Values.Sum()) },
        { "isclose", [Sample.X(3, 5), Sample.X(3, 5) + 1e-7, 1e-5, 1e-8, false], g => Grid.Zip(g[0], g[1], (a, b) => Math.Abs(a - b) <= 1e-8 + (1e-5 * Math.Abs(b)) ? 1 : 0), false, false },
        { "allclose", [Sample.X(65), Sample.X(65) + 1e-9], _ => Grid.Scalar(1), false, false },
        { "allclose", [Sample.X(65), Sample.X(65) + 1e-2], _ => Grid.Scalar(0), false, false },
        { "isin", [Sample.Whole(1, 0, 6, 4, 5), Sample.Whole(2, 0, 6, 3)], g => g[0].Map(v => g[1].Values.Contains(v) ? 1 : 0), false },
        { "isin", [Sample.Whole(1, 0, 6, 4, 5), Sample.Whole(2, 0, 6, 3), false, true], g => g[0].Map(v => g[1].Values.Contains(v) ? 0 : 1), false },
        { "logical_and", [Sample.Truth(1, 65), Sample.Truth(2, 65)], g => Grid.Zip(g[0], g[1], (a, b) => a * b), false },
        { "bitwise_or", [Sample.Truth(1, 3, 5), Sample.Truth(2, 5)], g => Grid.Zip(g[0], g[1], Math.Max), false },
    };
}
