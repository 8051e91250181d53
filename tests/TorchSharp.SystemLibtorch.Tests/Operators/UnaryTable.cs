using TorchSharp;
using static TorchSharp.Tests.Operators.SpecialFunctions;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Functions of one number: each on every awkward shape of its domain.</summary>
internal static class UnaryTable
{
    private static readonly Dictionary<string, (Func<double, double> F, double Low, double High, bool Smooth)> Functions = new()
    {
        ["abs"] = (Math.Abs, -2, 2, true), ["absolute"] = (Math.Abs, -2, 2, true), ["sign"] = (x => Math.Sign(x), -2, 2, true), ["sgn"] = (x => Math.Sign(x), -2, 2, true),
        ["signbit"] = (x => x < 0 ? 1 : 0, -2, 2, false), ["neg"] = (x => -x, -2, 2, true), ["negative"] = (x => -x, -2, 2, true), ["positive"] = (x => x, -2, 2, true),
        ["square"] = (x => x * x, -2, 2, true), ["sqrt"] = (Math.Sqrt, 0.1, 4, true), ["rsqrt"] = (x => 1 / Math.Sqrt(x), 0.1, 4, true), ["reciprocal"] = (x => 1 / x, 0.2, 3, true),
        ["exp"] = (Math.Exp, -3, 3, true), ["exp2"] = (x => Math.Pow(2, x), -3, 3, true), ["expm1"] = (x => Math.Exp(x) - 1, -2, 2, true),
        ["log"] = (Math.Log, 0.1, 4, true), ["log2"] = (Math.Log2, 0.1, 4, true), ["log10"] = (Math.Log10, 0.1, 4, true), ["log1p"] = (x => Math.Log(1 + x), -0.5, 3, true),
        ["logit"] = (x => Math.Log(x / (1 - x)), 0.1, 0.9, true), ["sigmoid"] = (Sigmoid, -5, 5, true),
        ["sin"] = (Math.Sin, -4, 4, true), ["cos"] = (Math.Cos, -4, 4, true), ["tan"] = (Math.Tan, -1.2, 1.2, true),
        ["asin"] = (Math.Asin, -0.9, 0.9, true), ["acos"] = (Math.Acos, -0.9, 0.9, true), ["atan"] = (Math.Atan, -3, 3, true),
        ["arcsin"] = (Math.Asin, -0.9, 0.9, true), ["arccos"] = (Math.Acos, -0.9, 0.9, true), ["arctan"] = (Math.Atan, -3, 3, true),
        ["sinh"] = (Math.Sinh, -2, 2, true), ["cosh"] = (Math.Cosh, -2, 2, true), ["tanh"] = (Math.Tanh, -2, 2, true),
        ["asinh"] = (Math.Asinh, -3, 3, true), ["acosh"] = (Math.Acosh, 1.2, 4, true), ["atanh"] = (Math.Atanh, -0.9, 0.9, true),
        ["arcsinh"] = (Math.Asinh, -3, 3, true), ["arccosh"] = (Math.Acosh, 1.2, 4, true), ["arctanh"] = (Math.Atanh, -0.9, 0.9, true),
        ["sinc"] = (x => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x), 0.1, 3, true), ["deg2rad"] = (x => x * Math.PI / 180, -200, 200, true), ["rad2deg"] = (x => x * 180 / Math.PI, -4, 4, true),
        ["ceil"] = (Math.Ceiling, -4, 4, true), ["floor"] = (Math.Floor, -4, 4, true), ["trunc"] = (Math.Truncate, -4, 4, true), ["fix"] = (Math.Truncate, -4, 4, true),
        ["frac"] = (x => x - Math.Truncate(x), -4, 4, true), ["round"] = (x => Math.Round(x, MidpointRounding.ToEven), -4, 4, true),
        ["erf"] = (Erf, -2, 2, true), ["erfc"] = (x => 1 - Erf(x), -2, 2, true), ["erfinv"] = (Erfinv, -0.8, 0.8, true),
        ["lgamma"] = (LogGamma, 0.2, 5, true), ["digamma"] = (Digamma, 0.2, 5, true), ["i0"] = (BesselI0, -2, 2, true),
        ["isnan"] = (x => double.IsNaN(x) ? 1 : 0, -2, 2, false), ["isinf"] = (x => double.IsInfinity(x) ? 1 : 0, -2, 2, false), ["isfinite"] = (x => double.IsFinite(x) ? 1 : 0, -2, 2, false),
        ["isposinf"] = (x => double.IsPositiveInfinity(x) ? 1 : 0, -2, 2, false), ["isneginf"] = (x => double.IsNegativeInfinity(x) ? 1 : 0, -2, 2, false), ["isreal"] = (_ => 1, -2, 2, false),
        ["logical_not"] = (x => x == 0 ? 1 : 0, -2, 2, false),
        ["relu"] = (x => Math.Max(x, 0), -2, 2, true), ["relu6"] = (x => Math.Min(Math.Max(x, 0), 6), -2, 8, true),
        ["selu"] = (x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)), -2, 2, true), ["celu"] = (x => x > 0 ? x : Math.Exp(x) - 1, -2, 2, true),
        ["gelu"] = (x => x * NormalCdf(x), -3, 3, true), ["silu"] = (x => x * Sigmoid(x), -4, 4, true),
        ["hardsigmoid"] = (x => Math.Clamp((x + 3) / 6, 0, 1), -4, 4, true), ["hardswish"] = (x => x * Math.Clamp((x + 3) / 6, 0, 1), -4, 4, true),
        ["log_sigmoid"] = (x => Math.Log(Sigmoid(x)), -4, 4, true), ["elu"] = (x => x > 0 ? x : Math.Exp(x) - 1, -2, 2, true), ["softplus"] = (x => Math.Log(1 + Math.Exp(x)), -4, 4, true),
    };

    private static readonly double[] Extremes = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 1e300];

    public static IEnumerable<OperatorCase> Cases()
    {
        foreach ((string name, (Func<double, double> f, double low, double high, bool smooth)) in Functions)
        {
            foreach (long[] shape in Sample.Shapes)
            {
                yield return new(typeof(torch), name, [Sample.Uniform(low, high, shape)], g => [g[0].Map(f)]) { Differentiable = smooth && Grid.Count(shape) is > 0 and < 64 };
            }
        }

        foreach (string name in (string[])["isnan", "isinf", "isfinite", "isposinf", "isneginf", "abs", "neg", "relu", "floor", "sigmoid"])
        {
            yield return new(typeof(torch), name, [tensor(Extremes)], g => [g[0].Map(Functions[name].F)]) { Differentiable = false, Varied = false };
        }

        yield return new(typeof(torch), "bitwise_not", [Sample.Whole(1, -9, 9, 3, 5)], g => [g[0].Map(x => ~(long)x)]) { Differentiable = false };
        yield return new(typeof(torch), "round", [Sample.X(65), 2L], g => [g[0].Map(x => Math.Round(x, 2))]) { Differentiable = false };
        yield return new(typeof(torch), "nan_to_num", [tensor(Extremes), 3.0, (double?)7.0, (double?)-7.0],
            g => [g[0].Map(x => double.IsNaN(x) ? 3 : double.IsInfinity(x) ? 7 * Math.Sign(x) : x)]) { Differentiable = false, Varied = false };
        foreach ((double? low, double? high) in new (double?, double?)[] { (-1, 1), (null, 0.5), (-0.5, null) })
        {
            Scalar? min = low is double l ? l : null, max = high is double h ? h : null;
            Func<Grid[], Grid[]> clamped = g => [g[0].Map(x => Math.Min(Math.Max(x, low ?? double.NegativeInfinity), high ?? double.PositiveInfinity))];
            yield return new(typeof(torch), "clamp", [Sample.X(2, 3, 5), min, max], clamped);
            yield return new(typeof(torch), "clip", [Sample.X(65), min, max], clamped);
        }

        yield return new(typeof(torch), "clamp", [Sample.X(2, 3, 5), Sample.Seeded(3, -1, 0, 5), Sample.Seeded(4, 0, 1, 3, 1)],
            g => [Grid.Zip(g[0], g[1], g[2], (x, a, b) => Math.Min(Math.Max(x, a), b))]);
        yield return new(typeof(torch), "clamp_min", [Sample.X(65), (Scalar)0.25], g => [g[0].Map(x => Math.Max(x, 0.25))]);
        yield return new(typeof(torch), "clamp_max", [Sample.X(65), (Scalar)0.25], g => [g[0].Map(x => Math.Min(x, 0.25))]);
    }
}
