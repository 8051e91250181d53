using TorchSharp;
using static TorchSharp.Tests.Operators.SpecialFunctions;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Sums, extremes, statistics and running reductions.</summary>
internal static class ReductionTable
{
    private static double Variance(double[] line, bool unbiased) => line.Sum(v => Math.Pow(v - line.Average(), 2)) / (line.Length - (unbiased ? 1 : 0));

    private static double Norm(double[] line, double p) => double.IsPositiveInfinity(p) ? line.Max(Math.Abs) : Math.Pow(line.Sum(v => Math.Pow(Math.Abs(v), p)), 1 / p);

    private static double Middle(double[] line) => line.Order().ElementAt((line.Length - 1) / 2);

    private static double Quantile(double[] line, double q)
    {
        double[] sorted = [.. line.Order()];
        double at = q * (line.Length - 1);
        int low = (int)Math.Floor(at), high = (int)Math.Ceiling(at);
        return sorted[low] + ((at - low) * (sorted[high] - sorted[low]));
    }

    private static Func<double[], double> IndexOf(Func<double[], double> pick) => line => Array.IndexOf(line, pick(line));

    private static Func<double[], double[]> Running(Func<double, double, double> f) => line =>
    {
        double[] result = [.. line];
        for (int i = 1; i < line.Length; i++)
        {
            result[i] = f(result[i - 1], line[i]);
        }

        return result;
    };

    private static double[] RunningPlace(double[] line, Func<double, double, bool> beats)
    {
        double[] places = new double[line.Length];
        for (int i = 1, best = 0; i < line.Length; i++)
        {
            best = beats(line[i], line[best]) ? i : best;
            places[i] = best;
        }

        return places;
    }

    private static double[] Differences(double[] line) => [.. line.Skip(1).Zip(line, (b, a) => b - a)];

    private static readonly Func<double[], double> Sum = line => line.Sum();
    private static readonly Func<double[], double> Product = line => line.Aggregate(1.0, (a, b) => a * b);

    public static IEnumerable<OperatorCase> Cases()
    {
        foreach (long[] shape in Sample.Shapes)
        {
            bool some = Grid.Count(shape) > 0;
            yield return new(typeof(torch), "sum", [Sample.X(shape)], g => [g[0].Reduce([], false, Sum)]) { Differentiable = some };
            yield return new(typeof(torch), "prod", [Sample.Uniform(0.5, 1.5, shape)], g => [g[0].Reduce([], false, Product)]) { Differentiable = some };
            if (!some)
            {
                continue;
            }

            yield return new(typeof(torch), "mean", [Sample.X(shape)], g => [g[0].Reduce([], false, line => line.Average())]);
            yield return new(typeof(torch), "max", [Sample.Distinct(1, shape)], g => [g[0].Reduce([], false, line => line.Max())]) { Differentiable = shape.Length > 0 };
            yield return new(typeof(torch), "min", [Sample.Distinct(2, shape)], g => [g[0].Reduce([], false, line => line.Min())]) { Differentiable = shape.Length > 0 };
            yield return new(typeof(torch), "argmax", [Sample.Distinct(3, shape)], g => [g[0].Reduce([], false, IndexOf(line => line.Max()))]) { Differentiable = false };
            yield return new(typeof(torch), "argmin", [Sample.Distinct(4, shape)], g => [g[0].Reduce([], false, IndexOf(line => line.Min()))]) { Differentiable = false };
        }

        foreach ((long[] shape, long dim) in new (long[], long)[] { ([1], 0), ([65], 0), ([64], -1), ([2, 3, 5], 1), ([2, 3, 5], -1), ([63, 2], 0) })
        {
            foreach (OperatorCase along in Along(shape, dim))
            {
                yield return along;
            }
        }

        foreach (OperatorCase other in Others())
        {
            yield return other;
        }
    }

    private static CaseList Along(long[] shape, long dim) => new()
    {
        { "sum", [Sample.X(shape), dim], g => g[0].Reduce([dim], false, Sum) },
        { "sum", [Sample.X(shape), dim, true], g => g[0].Reduce([dim], true, Sum) },
        { "sum", [Sample.X(shape), new[] { dim }, true], g => g[0].Reduce([dim], true, Sum) },
        { "mean", [Sample.X(shape), new[] { dim }], g => g[0].Reduce([dim], false, line => line.Average()) },
        { "prod", [Sample.Uniform(0.6, 1.4, shape), dim], g => g[0].Reduce([dim], false, Product) },
        { "logsumexp", [Sample.X(shape), dim, true], g => g[0].Reduce([dim], true, LogSumExp) },
        { "all", [Sample.Truth(3, shape), dim], g => g[0].Reduce([dim], false, line => line.Min()), false },
        { "any", [Sample.Truth(4, shape), dim, true], g => g[0].Reduce([dim], true, line => line.Max()), false },
        { "amax", [Sample.Distinct(5, shape), new[] { dim }, false], g => g[0].Reduce([dim], false, line => line.Max()) },
        { "amin", [Sample.Distinct(6, shape), new[] { dim }, true], g => g[0].Reduce([dim], true, line => line.Min()) },
        { "argmax", [Sample.Distinct(7, shape), dim], g => g[0].Reduce([dim], false, IndexOf(line => line.Max())), false },
        { "argmin", [Sample.Distinct(8, shape), dim, true], g => g[0].Reduce([dim], true, IndexOf(line => line.Min())), false },
        { "norm", [Sample.X(shape), (int)dim, true, 2f], g => g[0].Reduce([dim], true, line => Norm(line, 2)) },
        { "norm", [Sample.X(shape), (int)dim, false, 3f], g => g[0].Reduce([dim], false, line => Norm(line, 3)) },
        { "std", [Sample.X(shape), dim, false], g => g[0].Reduce([dim], false, line => Math.Sqrt(Variance(line, false))), Grid.Count(shape) > 1 },
        { "var", [Sample.X(shape), dim, false, true], g => g[0].Reduce([dim], true, line => Variance(line, false)) },
        { "var", [Sample.X(shape), new[] { dim }, false], g => g[0].Reduce([dim], false, line => Variance(line, false)) },
        { "quantile", [Sample.Distinct(9, shape), torch.tensor(0.3), dim], g => g[0].Reduce([dim], false, line => Quantile(line, g[1].Values[0])), false, false },
        { "cumsum", [Sample.X(shape), dim], g => g[0].Along(dim, Running((a, b) => a + b)) },
        { "cumprod", [Sample.Uniform(0.6, 1.4, shape), dim], g => g[0].Along(dim, Running((a, b) => a * b)) },
        { "logcumsumexp", [Sample.X(shape), dim], g => g[0].Along(dim, Running((a, b) => LogSumExp([a, b]))) },
        { "diff", [Sample.X(shape), 1L, dim], g => g[0].Along(dim, Differences), shape[dim < 0 ? shape.Length + (int)dim : (int)dim] > 1 },
        { "nanmean", [Sample.X(shape), (int?)dim, true], g => g[0].Reduce([dim], true, line => line.Average()) },
        { "count_nonzero", [Sample.Whole(10, 0, 3, shape), new[] { dim }], g => g[0].Reduce([dim], false, line => line.Count(v => v != 0)), false },
    };

    private static CaseList Others()
    {
        CaseList list = new()
        {
            { "sum", [Sample.X(2, 3, 5), new[] { 0L, 2L }], g => g[0].Reduce([0, 2], false, Sum) },
            { "sum", [Sample.X(2, 3, 5), 0L, 2L], g => g[0].Reduce([0, 2], false, Sum) },
            { "sum", [Sample.X(2, 3, 5), 0L, 1L, 2L, true], g => g[0].Reduce([], true, Sum) },
            { "sum", [Sample.Whole(1, -9, 9, 65), (ScalarType?)ScalarType.Float64], g => g[0].Reduce([], false, Sum), false },
            { "mean", [Sample.X(2, 3, 5), new[] { 0L, -1L }, true], g => g[0].Reduce([0, 2], true, line => line.Average()) },
            { "all", [Sample.Truth(1, 65)], g => g[0].Reduce([], false, line => line.Min()), false },
            { "any", [Sample.Truth(1, 65)], g => g[0].Reduce([], false, line => line.Max()), false },
            { "amax", [Sample.Distinct(1, 2, 3, 5), new[] { 0L, 2L }], g => g[0].Reduce([0, 2], false, line => line.Max()) },
            { "amin", [Sample.Distinct(1, 2, 3, 5), new[] { 0L, 2L }], g => g[0].Reduce([0, 2], false, line => line.Min()) },
            { "norm", [Sample.X(2, 3, 5), 2f], g => g[0].Reduce([], false, line => Norm(line, 2)) },
            { "norm", [Sample.X(65)], g => g[0].Reduce([], false, line => Norm(line, 2)) },
            { "norm", [Sample.X(65), 1f], g => g[0].Reduce([], false, line => Norm(line, 1)) },
            { "std", [Sample.X(2, 3, 5)], g => g[0].Reduce([], false, line => Math.Sqrt(Variance(line, true))) },
            { "std", [Sample.X(65), false], g => g[0].Reduce([], false, line => Math.Sqrt(Variance(line, false))) },
            { "std", [Sample.X(2, 3, 5), (0L, 2L)], g => g[0].Reduce([0, 2], false, line => Math.Sqrt(Variance(line, true))) },
            { "std", [Sample.X(2, 3, 5), new[] { 0L, 2L }], g => g[0].Reduce([0, 2], false, line => Math.Sqrt(Variance(line, true))) },
            { "var", [Sample.X(2, 3, 5)], g => g[0].Reduce([], false, line => Variance(line, true)) },
            { "var", [Sample.X(2, 3, 5), (0L, 2L)], g => g[0].Reduce([0, 2], false, line => Variance(line, true)) },
            { "nansum", [tensor(new[] { 1.0, double.NaN, 3.0 })], _ => Grid.Scalar(4), false },
            { "nanmean", [tensor(new[] { 1.0, double.NaN, 3.0 })], _ => Grid.Scalar(2), false },
            { "median", [Sample.Distinct(1, 2, 3, 5)], g => g[0].Reduce([], false, Middle), false },
            { "median", [Sample.Distinct(1, 65)], g => g[0].Reduce([], false, Middle), false },
            { "nanmedian", [tensor(new[] { 5.0, double.NaN, 3.0, 4.0 })], _ => Grid.Scalar(4), false },
            { "count_nonzero", [Sample.Whole(1, 0, 3, 2, 3, 5)], g => g[0].Reduce([], false, line => line.Count(v => v != 0)), false },
            { "quantile", [Sample.Distinct(1, 4, 5), tensor(new[] { 0.0, 0.25, 1.0 }), 1L, false], g => Grid.Build([3, 4], at => Quantile([.. Enumerable.Range(0, 5).Select(k => g[0][at[1], k])], g[1][at[0]])), false, false },
            { "diff", [Sample.X(3, 5), 2L, 1L], g => g[0].Along(1, line => Differences(Differences(line))) },
            { "diff", [Sample.X(3, 5), 1L, 0L, Sample.Y(1, 5), Sample.Z(2, 5)], g => Grid.Build([5, 5], at => Stacked(g, at[0] + 1, at[1]) - Stacked(g, at[0], at[1])) },
            { "cumsum", [Sample.Whole(1, -4, 4, 65), 0L], g => g[0].Along(0, Running((a, b) => a + b)), false },
            { "histc", [Sample.Uniform(0, 4, 65), 4L, 0L, 4L], g => Grid.Build([4], at => g[0].Values.Count(v => (long)v == at[0])), false },
        };
        list.AddMany("std_mean", [Sample.X(65)], g => [g[0].Reduce([], false, line => Math.Sqrt(Variance(line, true))), g[0].Reduce([], false, line => line.Average())]);
        list.AddMany("var_mean", [Sample.X(65), false], g => [g[0].Reduce([], false, line => Variance(line, false)), g[0].Reduce([], false, line => line.Average())]);
        foreach (long dim in (long[])[0, 1, -1])
        {
            list.AddMany("max", [Sample.Distinct(1, 3, 4, 5), dim], g => [g[0].Reduce([dim], false, line => line.Max()), g[0].Reduce([dim], false, IndexOf(line => line.Max()))]);
            list.AddMany("min", [Sample.Distinct(2, 3, 4, 5), dim, true], g => [g[0].Reduce([dim], true, line => line.Min()), g[0].Reduce([dim], true, IndexOf(line => line.Min()))]);
            list.AddMany("cummax", [Sample.Distinct(3, 3, 4, 5), dim], g => [g[0].Along(dim, Running(Math.Max)), g[0].Along(dim, line => RunningPlace(line, (a, b) => a > b))]);
            list.AddMany("cummin", [Sample.Distinct(4, 3, 4, 5), dim], g => [g[0].Along(dim, Running(Math.Min)), g[0].Along(dim, line => RunningPlace(line, (a, b) => a < b))]);
            list.AddMany("aminmax", [Sample.Distinct(5, 3, 4, 5), (long?)dim, true], g => [g[0].Reduce([dim], true, line => line.Min()), g[0].Reduce([dim], true, line => line.Max())], false);
            list.AddMany("kthvalue", [Sample.Distinct(6, 3, 4, 5), 2L, (long?)dim], g => [g[0].Reduce([dim], false, line => line.Order().ElementAt(1)), g[0].Reduce([dim], false, IndexOf(line => line.Order().ElementAt(1)))]);
            list.AddMany("mode", [Sample.Whole(7, 0, 3, 3, 4, 5), dim], g => [g[0].Reduce([dim], false, line => line.GroupBy(v => v).OrderByDescending(v => v.Count()).ThenBy(v => v.Key).First().Key)], false);
        }

        return list;
    }

    // prepend, input and append of a diff along dimension 0, as one
    private static double Stacked(Grid[] g, long row, long column) => row == 0 ? g[1][0, column] : row <= 3 ? g[0][row - 1, column] : g[2][row - 4, column];
}
