using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Gathering and scattering by index tensors and masks; order and distinct elements.</summary>
internal static class ScatterTable
{
    private static readonly Tensor Rows = tensor(new[] { 2L, 0L, 2L, 1L });
    private static readonly Tensor Columns = tensor(new[,] { { 0L, 4L, 2L }, { 1L, 1L, 3L } });
    private static readonly Tensor Apart = tensor(new[] { 3L, 0L });

    private static Grid Write(Grid g, Action<double[], Func<long[], int>> change)
    {
        double[] values = [.. g.Values];
        Grid places = new(g.Shape, [.. Enumerable.Range(0, values.Length).Select(i => (double)i)]);
        change(values, at => (int)places[at]);
        return new(g.Shape, values);
    }

    // source [2, 3] to the places that Columns names along dimension 1
    private static Grid Scattered(Grid into, Grid columns, Grid source, Func<double, double, double> f) => Write(into, (values, at) =>
    {
        for (long r = 0; r < 2; r++)
        {
            for (long c = 0; c < 3; c++)
            {
                int place = at([r, (long)columns[r, c]]);
                values[place] = f(values[place], source[r, c]);
            }
        }
    });

    private static Grid ByRows(Grid into, Grid rows, Func<double, long, long, double> f) => Write(into, (values, at) =>
    {
        for (long i = 0; i < rows.Values.Length; i++)
        {
            for (long c = 0; c < into.Shape[1]; c++)
            {
                int place = at([(long)rows.Values[i], c]);
                values[place] = f(values[place], i, c);
            }
        }
    });

    private static double[] Sorted(double[] line, bool descending) => descending ? [.. line.OrderDescending()] : [.. line.Order()];

    private static double[] Origins(double[] line, bool descending) => [.. Sorted(line, descending).Select(v => (double)Array.IndexOf(line, v))];

    private static double Below(double[] sorted, double v, bool right) => sorted.Count(s => right ? s <= v : s < v);

    public static IEnumerable<OperatorCase> Cases() => Choices().Concat(Places());

    private static IEnumerable<OperatorCase> Choices()
    {
        yield return new(typeof(torch), "where", [Sample.Truth(1, 3, 5), Sample.X(3, 5), Sample.Y(5)], g => [Grid.Zip(g[0], g[1], g[2], (c, x, y) => c == 1 ? x : y)]) { Only = "static" };
        yield return new(typeof(torch), "where", [Sample.X(3, 5), Sample.Truth(1, 3, 5), Sample.Y(5)], g => [Grid.Zip(g[0], g[1], g[2], (x, c, y) => c == 1 ? x : y)]) { Only = "method" };
    }

    private static CaseList Places()
    {
        CaseList list = new()
        {
            { "gather", [Sample.X(2, 5), 1L, Columns], g => Grid.Build([2, 3], at => g[0][at[0], (long)g[1][at]]) },
            { "gather", [Sample.X(2, 5), 1L, Columns, false], g => Grid.Build([2, 3], at => g[0][at[0], (long)g[1][at]]) },
            { "take", [Sample.X(3, 5), tensor(new[] { 14L, 0L, -1L })], g => Grid.Line(g[0].Values[14], g[0].Values[0], g[0].Values[14]) },
            { "take_along_dim", [Sample.X(2, 5), Columns, 1L], g => Grid.Build([2, 3], at => g[0][at[0], (long)g[1][at]]) },
            { "take_along_dim", [Sample.X(65), tensor(new[] { 64L, 3L })], g => Grid.Line(g[0].Values[64], g[0].Values[3]) },
            { "take_along_dim", [Sample.X(65), new[] { 64L, 3L }, 0L], g => Grid.Line(g[0].Values[64], g[0].Values[3]) },
            { "index_select", [Sample.X(3, 5), 0L, Rows], g => Grid.Build([4, 5], at => g[0][(long)g[1].Values[at[0]], at[1]]) },
            { "masked_select", [Sample.X(65), Sample.Truth(2, 65)], g => Grid.Line([.. g[0].Values.Where((_, i) => g[1].Values[i] == 1)]) },
            { "scatter", [Sample.X(2, 5), 1L, tensor(new[,] { { 0L, 4L, 2L }, { 1L, 0L, 3L } }), Sample.Y(2, 3)], g => Scattered(g[0], g[1], g[2], (_, b) => b) },
            { "scatter_add", [Sample.X(2, 5), 1L, Columns, Sample.Y(2, 3)], g => Scattered(g[0], g[1], g[2], (a, b) => a + b) },
            { "index_add", [Sample.X(3, 5), 0L, Rows, Sample.Y(4, 5), (Scalar)0.5], g => ByRows(g[0], g[1], (old, i, c) => old + (0.5 * g[2][i, c])) },
            { "index_copy", [Sample.X(4, 5), 0L, Apart, Sample.Y(2, 5)], g => ByRows(g[0], g[1], (_, i, c) => g[2][i, c]) },
            { "index_fill", [Sample.X(4, 5), 0L, Apart, (Scalar)7.0], g => ByRows(g[0], g[1], (_, _, _) => 7) },
            { "masked_fill", [Sample.X(3, 5), Sample.Truth(3, 5), (Scalar)(-1.5)], g => Grid.Zip(g[0], g[1], (x, m) => m == 1 ? -1.5 : x) },
            { "masked_scatter", [Sample.X(65), Sample.Truth(3, 65), Sample.Y(65)], g => { int next = 0; return new Grid(g[0].Shape, [.. g[0].Values.Select((x, i) => g[1].Values[i] == 1 ? g[2].Values[next++] : x)]); } },
            { "select_scatter", [Sample.X(3, 5), Sample.Y(3), 1L, 2L], g => Grid.Build([3, 5], at => at[1] == 2 ? g[1].Values[at[0]] : g[0][at]) },
            { "slice_scatter", [Sample.X(3, 5), Sample.Y(3, 2), 1L, (long?)1, (long?)4, 2L], g => Grid.Build([3, 5], at => at[1] is 1 or 3 ? g[1][at[0], at[1] / 2] : g[0][at]) },
            { "diagonal_scatter", [Sample.X(3, 3), Sample.Y(3)], g => Grid.Build([3, 3], at => at[0] == at[1] ? g[1].Values[at[0]] : g[0][at]) },
            { "nonzero", [Sample.Whole(1, 0, 2, 3, 5)], g => Grid.Build([g[0].Values.Count(v => v != 0), 2], at => Nonzero(g[0])[(int)at[0]][at[1]]), false },
            { "argwhere", [Sample.Whole(1, 0, 2, 3, 5)], g => Grid.Build([g[0].Values.Count(v => v != 0), 2], at => Nonzero(g[0])[(int)at[0]][at[1]]), false },
            { "argsort", [Sample.Distinct(1, 3, 65), 1L, true], g => g[0].Along(1, line => Origins(line, true)), false },
            { "argsort", [Sample.Distinct(1, 63)], g => g[0].Along(0, line => Origins(line, false)), false },
            { "msort", [Sample.Distinct(1, 5, 3)], g => g[0].Along(0, line => Sorted(line, false)) },
            { "bincount", [Sample.Whole(1, 0, 5, 65), null, 7L], g => Grid.Build([7], at => g[0].Values.Count(v => v == at[0])), false },
            { "bincount", [Sample.Whole(1, 0, 5, 65), Sample.X(65), 7L], g => Grid.Build([7], at => g[0].Values.Select((v, i) => v == at[0] ? g[1].Values[i] : 0).Sum()), false, false },
            { "bucketize", [Sample.X(65), tensor(new[] { -1.0, 0.0, 1.0 }), false, true], g => g[0].Map(v => Below(g[1].Values, v, true)), false },
            { "searchsorted", [tensor(new[] { -1.0, 0.0, 0.0, 1.0 }), tensor(new[] { 0.0, -3.0, 3.0 })], g => g[1].Map(v => Below(g[0].Values, v, false)), false },
            { "searchsorted", [tensor(new[] { -1.0, 0.0, 0.0, 1.0 }), tensor(new[] { 0.0, -3.0, 3.0 }), false, true], g => g[1].Map(v => Below(g[0].Values, v, true)), false },
            { "searchsorted", [tensor(new[] { -1.0, 0.0, 0.0, 1.0 }), (Scalar)0.0, false, false, null], g => Grid.Scalar(Below(g[0].Values, 0, false)), false },
        };
        list.AddMany("where", [Sample.Truth(1, 3, 5)], g => [Grid.Line([.. Nonzero(g[0]).Select(p => (double)p[0])]), Grid.Line([.. Nonzero(g[0]).Select(p => (double)p[1])])], false);
        foreach (bool descending in (bool[])[false, true])
        {
            list.AddMany("sort", [Sample.Distinct(1, 3, 65), -1L, descending], g => [g[0].Along(-1, line => Sorted(line, descending)), g[0].Along(-1, line => Origins(line, descending))]);
            list.AddMany("sort", [Sample.Distinct(1, 4, 3), 0L, descending, true], g => [g[0].Along(0, line => Sorted(line, descending)), g[0].Along(0, line => Origins(line, descending))]);
            list.AddMany("topk", [Sample.Distinct(2, 3, 64), 5, -1, descending], g => [g[0].Along(-1, line => Sorted(line, descending)[..5]), g[0].Along(-1, line => Origins(line, descending)[..5])]);
        }

        list.AddMany("unique", [Sample.Whole(1, 0, 5, 65), true, true, true], g => [
            Grid.Line([.. g[0].Values.Distinct().Order()]),
            g[0].Map(v => g[0].Values.Distinct().Order().ToList().IndexOf(v)),
            Grid.Line([.. g[0].Values.GroupBy(v => v).OrderBy(v => v.Key).Select(v => (double)v.Count())])], false);
        list.AddMany("unique", [tensor(new[,] { { 1L, 2L }, { 0L, 5L }, { 1L, 2L } }), true, true, true, (int?)0], _ => [new Grid([2, 2], [0, 5, 1, 2]), Grid.Line(1, 0, 1), Grid.Line(1, 2)], false, false);
        list.AddMany("unique_consecutive", [tensor(new[] { 1L, 1L, 2L, 1L }), true, true], _ => [Grid.Line(1, 2, 1), Grid.Line(0, 0, 1, 2), Grid.Line(2, 1, 1)], false, false);
        return list;
    }

    private static List<long[]> Nonzero(Grid g)
    {
        List<long[]> places = [];
        Grid.Build(g.Shape, at =>
        {
            if (g[at] != 0)
            {
                places.Add([.. at]);
            }

            return 0;
        });
        return places;
    }
}
