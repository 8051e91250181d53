using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Brackets against nested loops: what a seeded random index must read and write.</summary>
public sealed class IndexingTests
{
    private static readonly long[] Shape = [4, 3, 5, 2];

    // One result axis: which source dimension it walks (-1: none) and through which coordinates.
    private sealed record Axis(int Dim, long[] Places);

    private sealed record Recipe(TensorIndex[] Indices, List<Axis> Axes, long[] Fixed, string Text);

    private static Recipe Draw(Random random)
    {
        List<TensorIndex> indices = [];
        List<Axis> axes = [];
        long[] places = new long[Shape.Length];
        List<string> text = [];
        bool ellipsis = false, picked = false;
        int given = random.Next(1, Shape.Length + 1), skipped = Shape.Length - given;
        for (int dim = 0, left = given; left > 0 || (!ellipsis && random.Next(3) == 0);)
        {
            if (!ellipsis && (left == 0 || random.Next(5) == 0))
            {
                ellipsis = true;
                indices.Add(TensorIndex.Ellipsis);
                text.Add("...");
                for (int i = 0; i < skipped; i++, dim++)
                {
                    axes.Add(new(dim, All(dim)));
                }

                continue;
            }

            if (random.Next(6) == 0)
            {
                indices.Add(TensorIndex.None);
                text.Add("None");
                axes.Add(new(-1, [0]));
                continue;
            }

            left--;
            long n = Shape[dim];
            switch (random.Next(picked ? 4 : 6))
            {
                case 0:
                    long place = random.NextInt64(-n, n);
                    indices.Add(place);
                    text.Add($"{place}");
                    places[dim] = place < 0 ? place + n : place;
                    break;
                case 1:
                    indices.Add(..);
                    text.Add("..");
                    axes.Add(new(dim, All(dim)));
                    break;
                case 2:
                    long start = random.NextInt64(-n - 1, n + 1), stop = random.NextInt64(-n - 1, n + 2), step = random.NextInt64(1, 4);
                    indices.Add(TensorIndex.Slice(start, stop, step));
                    text.Add($"{start}:{stop}:{step}");
                    axes.Add(new(dim, Walk(start, stop, step, n)));
                    break;
                case 3:
                    int skip = random.Next(1, (int)n);
                    indices.Add(^skip..);
                    text.Add($"^{skip}..");
                    axes.Add(new(dim, [.. All(dim).TakeLast(skip)]));
                    break;
                case 4:
                    long[] picks = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.NextInt64(-n, n))];
                    indices.Add(TensorIndex.Tensor(tensor(picks)));
                    text.Add($"tensor({string.Join(",", picks)})");
                    axes.Add(new(dim, [.. picks.Select(p => p < 0 ? p + n : p)]));
                    picked = true;
                    break;
                default:
                    bool[] mask = [.. Enumerable.Range(0, (int)n).Select(_ => random.Next(2) == 0)];
                    indices.Add(TensorIndex.Tensor(tensor(mask)));
                    text.Add($"mask({string.Join(",", mask)})");
                    axes.Add(new(dim, [.. All(dim).Where(i => mask[i])]));
                    picked = true;
                    break;
            }

            dim++;
            if (left == 0 && !ellipsis)
            {
                for (int rest = dim; rest < Shape.Length; rest++)
                {
                    axes.Add(new(rest, All(rest)));
                }

                break;
            }
        }

        return new([.. indices], axes, places, $"[{string.Join(", ", text)}]");
    }

    private static long[] All(int dim) => [.. Enumerable.Range(0, (int)Shape[dim]).Select(i => (long)i)];

    private static long[] Walk(long start, long stop, long step, long n)
    {
        long Clamp(long i) => Math.Clamp(i < 0 ? i + n : i, 0, n);
        List<long> places = [];
        for (long i = Clamp(start); i < Clamp(stop); i += step)
        {
            places.Add(i);
        }

        return [.. places];
    }

    private static long[] Source(Recipe recipe, long[] at)
    {
        long[] from = [.. recipe.Fixed];
        for (int axis = 0; axis < at.Length; axis++)
        {
            if (recipe.Axes[axis].Dim >= 0)
            {
                from[recipe.Axes[axis].Dim] = recipe.Axes[axis].Places[at[axis]];
            }
        }

        return from;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Brackets_read_what_loops_read(int seed)
    {
        using var scope = NewDisposeScope();
        Random random = new(seed);
        Tensor x = Sample.X(Shape);
        Grid grid = Grid.Of(x);
        for (int i = 0; i < 200; i++)
        {
            Recipe recipe = Draw(random);
            Grid expected = Grid.Build([.. recipe.Axes.Select(a => (long)a.Places.Length)], at => grid[Source(recipe, at)]);
            Near.Assert(expected, x[recipe.Indices], recipe.Text);
            Near.Assert(expected, Sample.Strided(x).index(recipe.Indices), "strided " + recipe.Text);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Brackets_write_what_loops_write(int seed)
    {
        using var scope = NewDisposeScope();
        Random random = new(seed);
        for (int i = 0; i < 200; i++)
        {
            Recipe recipe = Draw(random);
            if (recipe.Axes.Any(a => a.Places.Distinct().Count() < a.Places.Length))
            {
                continue;
            }

            long[] shape = [.. recipe.Axes.Select(a => (long)a.Places.Length)];
            Tensor x = Sample.X(Shape), value = i % 2 == 0 ? Sample.Y(shape) : tensor(7.5);
            Grid before = Grid.Of(x), written = Grid.Of(value), after = Grid.Of(x);
            Grid places = Grid.Build(Shape, at => 0);
            Grid.Build(shape, at =>
            {
                int offset = 0;
                long[] from = Source(recipe, at);
                for (int d = 0; d < Shape.Length; d++)
                {
                    offset = (int)((offset * Shape[d]) + from[d]);
                }

                after.Values[offset] = written.Spread(at);
                return places.Values[offset] = 1;
            });
            x[recipe.Indices] = value;
            Near.Assert(after, x, $"{recipe.Text} = {value}");
        }
    }

    [Fact]
    public void Masks_and_index_tensors_of_several_dimensions()
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(3, 5), mask = x > 0, rows = tensor(new[,] { { 0L, 2L } }), columns = tensor(new[] { 4L, -1L });
        Grid g = Grid.Of(x);
        Near.Assert(Grid.Line([.. g.Values.Where(v => v > 0)]), x[mask], "x[mask]");
        Near.Assert(new Grid([1, 2], [g[0, 4], g[2, 4]]), x[rows, columns], "x[rows, columns]");
        Near.Assert(Grid.Build([2, 3], at => g[at[1], at[0] == 0 ? 4 : 4]), x[TensorIndex.Colon, TensorIndex.Tensor(columns)].t(), "x[:, columns]");
        x[mask] = tensor(0.0);
        Near.Assert(g.Map(v => Math.Min(v, 0)), x, "x[mask] = 0");
        x.index_put_(tensor(1.0), [tensor(new[] { 0L, 0L }), tensor(new[] { 1L, 1L })], accumulate: true);
        Assert.Equal(Math.Min(g[0, 1], 0) + 2, x[0, 1].ToDouble(), Near.Float64);
        x.index_put_((Scalar)3.0, tensor(new[] { 1L }));
        Near.Assert(Grid.Line(3, 3, 3, 3, 3), x[1], "x[1] = 3");
    }

    [Fact]
    public void Whole_numbers_select_and_share_memory()
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(2, 3, 2, 2, 1, 2);
        Grid g = Grid.Of(x);
        Assert.Equal(g[1, 2, 0, 1, 0, 1], x[1, 2, 0, 1, 0, 1].ToDouble());
        Assert.Equal(g[1, 2, 0, 1, 0, 1], x[-1, -1, 0, -1, 0][-1].ToDouble());
        Near.Assert(Grid.Build([2, 2, 1, 2], at => g[[1, 2, .. at]]), x[1, 2], "x[1, 2]");
        Near.Assert(Grid.Build([2, 1, 2], at => g[[1, 2, 0, .. at]]), x[1, 2, 0], "x[1, 2, 0]");
        Near.Assert(Grid.Build([1, 2], at => g[[1, 2, 0, 1, .. at]]), x[1, 2, 0, 1], "x[1, 2, 0, 1]");
        x[0, 0, 0, 0, 0, 0] = 5f;
        x[1, 2, 0, 1] = Sample.Y(1, 2);
        x[1L] = tensor(9.0);
        Assert.Equal(5, x[0, 0, 0, 0, 0, 0].ToDouble());
        Assert.Equal(9, x[1, 2, 0, 1, 0, 1].ToDouble());
        Assert.Equal([1L, 3, 2, 2, 1, 2], x[^1..].shape);
        Assert.Equal([0L, 3, 2, 2, 1, 2], x[^0..].shape);
        Assert.Equal(x[^1].ToString(), x[1].ToString());
    }

#if TORCH_SYSTEM
    [Fact]
    public void Backward_slices_and_too_many_indices_are_refused_in_words()
    {
        using Tensor x = Sample.X(3, 5);
        Assert.Contains("flip", Assert.Throws<ArgumentOutOfRangeException>(() => x[TensorIndex.Slice(null, null, -1)]).Message, StringComparison.Ordinal);
        Assert.Contains("Too many indices", Assert.Throws<ArgumentException>(() => x[0, 0, 0]).Message, StringComparison.Ordinal);
        Assert.Contains("once", Assert.Throws<ArgumentException>(() => x[TensorIndex.Ellipsis, TensorIndex.Ellipsis]).Message, StringComparison.Ordinal);
    }
#endif

    [Fact]
    public void Gradients_flow_through_brackets()
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(3, 5).requires_grad_();
        (x[1..] * 2).sum().backward();
        Near.Assert(Grid.Build([3, 5], at => at[0] >= 1 ? 2 : 0), x.grad!, "gradient of a slice");
    }
}
