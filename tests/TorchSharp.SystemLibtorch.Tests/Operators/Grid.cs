using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>
/// A tensor's plain twin: doubles in row-major order, worked on by loops. What operators are expected to yield is computed with it.
/// Complex tensors appear with a last axis of length 2 (real, imaginary); Bool as 0 and 1.
/// </summary>
internal sealed class Grid(long[] shape, double[] values)
{
    public long[] Shape { get; } = shape;
    public double[] Values { get; } = values;
    public int Rank => Shape.Length;
    public double Single => Values.Single();

    public double this[params long[] at] => Values[Offset(at)];

    public static Grid Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        Tensor plain = tensor.detach().cpu().resolve_conj();
        plain = (plain.is_complex() ? plain.view_as_real() : plain).to(ScalarType.Float64).contiguous();
        return new([.. plain.shape], plain.numel() == 0 ? [] : plain.data<double>().ToArray());
    }

    public static Grid Scalar(double value) => new([], [value]);
    public static Grid Line(params double[] values) => new([values.Length], values);

    public static Grid Build(long[] shape, Func<long[], double> element)
    {
        double[] values = new double[Count(shape)];
        long[] at = new long[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = element(at);
            Advance(at, shape);
        }

        return new(shape, values);
    }

    public Grid Map(Func<double, double> f) => new(Shape, [.. Values.Select(f)]);

    public static Grid Zip(Grid a, Grid b, Func<double, double, double> f)
    {
        long[] shape = Broadcast(a.Shape, b.Shape);
        return Build(shape, at => f(a.Spread(at), b.Spread(at)));
    }

    public static Grid Zip(Grid a, Grid b, Grid c, Func<double, double, double, double> f)
    {
        long[] shape = Broadcast(Broadcast(a.Shape, b.Shape), c.Shape);
        return Build(shape, at => f(a.Spread(at), b.Spread(at), c.Spread(at)));
    }

    /// <summary>The element that broadcasting shows at a place of a larger shape.</summary>
    public double Spread(long[] at)
    {
        long[] mine = new long[Rank];
        for (int i = 1; i <= Rank; i++)
        {
            mine[^i] = Shape[^i] == 1 ? 0 : at[^i];
        }

        return this[mine];
    }

    /// <summary>Folds every line over the dimensions (all of them where none is named).</summary>
    public Grid Reduce(long[] dims, bool keepdim, Func<double[], double> fold)
    {
        bool[] gone = new bool[Rank];
        foreach (long dim in dims.Length == 0 ? [.. Enumerable.Range(0, Rank).Select(d => (long)d)] : dims)
        {
            gone[dim < 0 ? dim + Rank : dim] = true;
        }

        long[] kept = [.. Shape.Select((n, d) => gone[d] ? 1 : n)];
        List<double>[] groups = [.. Enumerable.Range(0, (int)Count(kept)).Select(_ => new List<double>())];
        Grid places = new(kept, [.. Enumerable.Range(0, groups.Length).Select(i => (double)i)]);
        long[] at = new long[Rank];
        foreach (double value in Values)
        {
            groups[(int)places.Spread(at)].Add(value);
            Advance(at, Shape);
        }

        long[] shape = keepdim ? kept : [.. Shape.Where((_, d) => !gone[d])];
        return new(shape, [.. groups.Select(g => fold([.. g]))]);
    }

    /// <summary>Replaces every line along one dimension; the lines may change their length.</summary>
    public Grid Along(long dim, Func<double[], double[]> f)
    {
        int d = (int)(dim < 0 ? dim + Rank : dim);
        long[] rest = [.. Shape];
        rest[d] = 1;
        Dictionary<long, double[]> lines = [];
        Grid anchor = Build(rest, _ => 0);
        long[] at = new long[Rank];
        for (int i = 0; i < anchor.Values.Length; i++)
        {
            long[] place = [.. at];
            lines[i] = f([.. Enumerable.Range(0, (int)Shape[d]).Select(k =>
            {
                place[d] = k;
                return this[place];
            })]);
            Advance(at, rest);
        }

        long[] shape = [.. Shape];
        shape[d] = lines.Count == 0 ? Shape[d] : lines[0].Length;
        return Build(shape, p =>
        {
            long[] head = [.. p];
            head[d] = 0;
            return lines[anchor.Offset(head)][p[d]];
        });
    }

    public Grid Permute(params int[] order)
    {
        long[] shape = [.. order.Select(d => Shape[d])];
        return Build(shape, at =>
        {
            long[] mine = new long[Rank];
            for (int i = 0; i < order.Length; i++)
            {
                mine[order[i]] = at[i];
            }

            return this[mine];
        });
    }

    public Grid Reshape(params long[] shape) => new(shape, Values);

    public static Grid MatMul(Grid a, Grid b) => Build([a.Shape[0], b.Shape[1]], at =>
    {
        double sum = 0;
        for (long k = 0; k < a.Shape[1]; k++)
        {
            sum += a[at[0], k] * b[k, at[1]];
        }

        return sum;
    });

    public static long Count(long[] shape) => shape.Aggregate(1L, (n, d) => n * d);

    private static long[] Broadcast(long[] a, long[] b)
    {
        long[] shape = new long[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= shape.Length; i++)
        {
            long x = i <= a.Length ? a[^i] : 1, y = i <= b.Length ? b[^i] : 1;
            shape[^i] = x == 1 ? y : x;
        }

        return shape;
    }

    private static void Advance(long[] at, long[] shape)
    {
        for (int d = at.Length - 1; d >= 0; d--)
        {
            if (++at[d] < shape[d])
            {
                return;
            }

            at[d] = 0;
        }
    }

    private int Offset(long[] at)
    {
        long offset = 0;
        for (int d = 0; d < Rank; d++)
        {
            offset = (offset * Shape[d]) + at[d];
        }

        return (int)offset;
    }
}
