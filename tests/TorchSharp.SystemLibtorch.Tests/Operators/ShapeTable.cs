using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Views and rearrangements, splitting and joining.</summary>
internal static class ShapeTable
{
    private static long Wrap(long i, long n) => ((i % n) + n) % n;

    private static Grid Roll(Grid g, long shift, int dim) => Grid.Build(g.Shape, at =>
    {
        long[] from = [.. at];
        from[dim] = Wrap(at[dim] - shift, g.Shape[dim]);
        return g[from];
    });

    private static Grid Flip(Grid g, params int[] dims) => Grid.Build(g.Shape, at =>
    {
        long[] from = [.. at];
        foreach (int d in dims)
        {
            from[d] = g.Shape[d] - 1 - at[d];
        }

        return g[from];
    });

    private static Grid Part(Grid g, int dim, long start, long length) => g.Along(dim, line => line[(int)start..(int)(start + length)]);

    private static Grid Join(Grid[] parts, int dim)
    {
        long[] shape = [.. parts[0].Shape];
        shape[dim] = parts.Sum(p => p.Shape[dim]);
        return Grid.Build(shape, at =>
        {
            long[] from = [.. at];
            int part = 0;
            for (; from[dim] >= parts[part].Shape[dim]; part++)
            {
                from[dim] -= parts[part].Shape[dim];
            }

            return parts[part][from];
        });
    }

    private static Grid Stack(Grid[] parts, int dim) => Grid.Build([.. parts[0].Shape[..dim], parts.Length, .. parts[0].Shape[dim..]], at => parts[at[dim]][[.. at[..dim], .. at[(dim + 1)..]]]);

    public static IEnumerable<OperatorCase> Cases()
    {
        CaseList list = new()
        {
            { "reshape", [Sample.X(2, 3, 5), new[] { 6L, -1L }], g => g[0].Reshape(6, 5) },
            { "reshape", [Sample.X(0), new[] { 0L, 3L }], g => g[0].Reshape(0, 3), false },
            { "view", [Sample.X(64), new[] { 8L, 8L }], g => g[0].Reshape(8, 8), true, false },
            { "view_as", [Sample.X(63), Sample.Truth(1, 7, 9)], g => g[0].Reshape(7, 9), true, false },
            { "flatten", [Sample.X(2, 3, 5), 1L, -1L], g => g[0].Reshape(2, 15) },
            { "flatten", [Sample.X(2, 3, 5)], g => g[0].Reshape(30) },
            { "flatten", [Sample.X()], g => g[0].Reshape(1) },
            { "unflatten", [Sample.X(2, 6), 1L, new[] { 2L, 3L }], g => g[0].Reshape(2, 2, 3) },
            { "unflatten", [Sample.X(6, 2), 0L, new Size([3L, -1L])], g => g[0].Reshape(3, 2, 2) },
            { "ravel", [Sample.X(2, 3, 5)], g => g[0].Reshape(30) },
            { "contiguous", [Sample.X(2, 3, 5)], g => g[0] },
            { "transpose", [Sample.X(2, 3, 5), 0L, -1L], g => g[0].Permute(2, 1, 0), true, true, false },
            { "swapaxes", [Sample.X(2, 3, 5), 1L, 2L], g => g[0].Permute(0, 2, 1) },
            { "swapdims", [Sample.X(2, 3, 5), 1L, 0L], g => g[0].Permute(1, 0, 2) },
            { "t", [Sample.X(3, 5)], g => g[0].Permute(1, 0) },
            { "t", [Sample.X(65)], g => g[0] },
            { "permute", [Sample.X(2, 3, 5), new[] { 2L, 0L, 1L }], g => g[0].Permute(2, 0, 1) },
            { "movedim", [Sample.X(2, 3, 5), new[] { 0L }, new[] { 2L }], g => g[0].Permute(1, 2, 0) },
            { "moveaxis", [Sample.X(2, 3, 5), new[] { 2L, 0L }, new[] { 0L, 1L }], g => g[0].Permute(2, 0, 1) },
            { "movedim", [Sample.X(2, 3, 5), 0L, 2L], g => g[0].Permute(1, 2, 0) },
            { "moveaxis", [Sample.X(2, 3, 5), -1L, 0L], g => g[0].Permute(2, 0, 1) },
            { "squeeze", [Sample.X(1, 3, 1, 5)], g => g[0].Reshape(3, 5) },
            { "squeeze", [Sample.X(1, 3, 1), (long?)0], g => g[0].Reshape(3, 1) },
            { "squeeze", [Sample.X(3, 5), (long?)1], g => g[0] },
            { "unsqueeze", [Sample.X(3, 5), -1L], g => g[0].Reshape(3, 5, 1) },
            { "unsqueeze", [Sample.X(), 0L], g => g[0].Reshape(1) },
            { "expand", [Sample.X(3, 1), new[] { 2L, -1L, 4L }], g => Grid.Build([2, 3, 4], at => g[0][at[1], 0]) },
            { "expand", [Sample.X(3, 1), new[] { 3L, 4L }, false], g => Grid.Build([3, 4], at => g[0][at[0], 0]) },
            { "expand", [Sample.X(1), new Size([65L]), false], g => Grid.Build([65], _ => g[0].Values[0]) },
            { "expand_as", [Sample.X(3, 1), Sample.Truth(1, 3, 5)], g => Grid.Build([3, 5], at => g[0][at[0], 0]) },
            { "broadcast_to", [Sample.X(3, 1), new[] { 2L, 3L, 5L }], g => Grid.Build([2, 3, 5], at => g[0][at[1], 0]) },
            { "repeat", [Sample.X(2, 3), new[] { 2L, 1L, 2L }], g => Grid.Build([2, 2, 6], at => g[0][at[1], at[2] % 3]) },
            { "tile", [Sample.X(2, 3), new[] { 2L }], g => Grid.Build([2, 6], at => g[0][at[0], at[1] % 3]) },
            { "repeat_interleave", [Sample.X(2, 3), 2L, (long?)1], g => Grid.Build([2, 6], at => g[0][at[0], at[1] / 2]) },
            { "repeat_interleave", [Sample.X(3), tensor(new[] { 2L, 0L, 1L })], g => Grid.Build([3], at => g[0].Values[at[0] < 2 ? 0 : 2]) },
            { "select", [Sample.X(2, 3, 5), 1L, -1L], g => Grid.Build([2, 5], at => g[0][at[0], 2, at[1]]) },
            { "narrow", [Sample.X(3, 65), 1L, 60L, 5L], g => Part(g[0], 1, 60, 5) },
            { "slice", [Sample.X(3, 65), 1L, 2L, 63L, 7L], g => Grid.Build([3, 9], at => g[0][at[0], 2 + (7 * at[1])]) },
            { "diagonal", [Sample.X(2, 3, 5), 1L, 1L, 2L], g => Grid.Build([2, 3], at => g[0][at[0], at[1], at[1] + 1]) },
            { "diagonal", [Sample.X(4, 4)], g => Grid.Build([4], at => g[0][at[0], at[0]]) },
            { "unfold", [Sample.X(3, 10), 1L, 4L, 3L], g => Grid.Build([3, 3, 4], at => g[0][at[0], (3 * at[1]) + at[2]]) },
            { "as_strided", [Sample.X(12), new[] { 3L, 2L }, new[] { 4L, 1L }, 1L], g => Grid.Build([3, 2], at => g[0].Values[1 + (4 * at[0]) + at[1]]), true, false },
            { "flip", [Sample.X(2, 3, 5), new[] { 0L, 2L }], g => Flip(g[0], 0, 2) },
            { "fliplr", [Sample.X(3, 5)], g => Flip(g[0], 1) },
            { "flipud", [Sample.X(3, 5)], g => Flip(g[0], 0) },
            { "roll", [Sample.X(65), 64L], g => Roll(g[0], 64, 0) },
            { "roll", [Sample.X(3, 5), -2L, (long?)1], g => Roll(g[0], -2, 1) },
            { "roll", [Sample.X(3, 5), new[] { 1L, 2L }, new[] { 0L, 1L }], g => Roll(Roll(g[0], 1, 0), 2, 1) },
            { "roll", [Sample.X(3, 5), (1L, 2L), (0L, 1L)], g => Roll(Roll(g[0], 1, 0), 2, 1) },
            { "roll", [Sample.X(63), new[] { 5L }], g => Roll(g[0], 5, 0) },
            { "rot90", [Sample.X(3, 5), 1L, ((long, long)?)(0L, 1L)], g => Grid.Build([5, 3], at => g[0][at[1], 4 - at[0]]) },
            { "tril", [Sample.X(5, 5), 1L], g => Grid.Build([5, 5], at => at[1] <= at[0] + 1 ? g[0][at] : 0) },
            { "triu", [Sample.X(2, 3, 5)], g => Grid.Build([2, 3, 5], at => at[2] >= at[1] ? g[0][at] : 0) },
            { "diag", [Sample.X(3), 1L], g => Grid.Build([4, 4], at => at[1] == at[0] + 1 ? g[0].Values[at[0]] : 0) },
            { "diag", [Sample.X(3, 5), -1L], g => Grid.Build([2], at => g[0][at[0] + 1, at[0]]) },
            { "diag_embed", [Sample.X(2, 3)], g => Grid.Build([2, 3, 3], at => at[1] == at[2] ? g[0][at[0], at[1]] : 0) },
            { "diagflat", [Sample.X(2, 2)], g => Grid.Build([4, 4], at => at[0] == at[1] ? g[0].Values[at[0]] : 0) },
            { "atleast_1d", [Sample.X()], g => g[0].Reshape(1) },
            { "atleast_2d", [Sample.X(5)], g => g[0].Reshape(1, 5) },
            { "atleast_3d", [Sample.X(3, 5)], g => g[0].Reshape(3, 5, 1) },
            { "clone", [Sample.X(2, 3, 5)], g => g[0] },
            { "cat", [new[] { Sample.X(2, 3), Sample.Y(1, 3), Sample.Z(0, 3) }, 0L], g => Join(g, 0) },
            { "cat", [new List<Tensor> { Sample.X(2, 63), Sample.Y(2, 1), Sample.Z(2, 1) }, -1L], g => Join(g, 1) },
            { "concat", [new[] { Sample.X(64), Sample.Y(1) }, 0L], g => Join(g, 0) },
            { "concatenate", [new[] { Sample.X(2, 3), Sample.Y(2, 2) }, 1L], g => Join(g, 1) },
            { "stack", [new[] { Sample.X(3, 5), Sample.Y(3, 5) }, 1L], g => Stack(g, 1) },
            { "hstack", [new[] { Sample.X(2, 3), Sample.Y(2, 1) }], g => Join(g, 1) },
            { "vstack", [new[] { Sample.X(2, 3), Sample.Y(1, 3) }], g => Join(g, 0) },
            { "dstack", [new[] { Sample.X(2, 3), Sample.Y(2, 3) }], g => Stack(g, 2) },
            { "block_diag", [new[] { Sample.X(2, 3), Sample.Y(1, 2) }], g => Grid.Build([3, 5], at => at[0] < 2 && at[1] < 3 ? g[0][at] : at[0] == 2 && at[1] >= 3 ? g[1][0, at[1] - 3] : 0) },
            { "cartesian_prod", [new[] { Sample.X(2), Sample.Y(3) }], g => Grid.Build([6, 2], at => at[1] == 0 ? g[0].Values[at[0] / 3] : g[1].Values[at[0] % 3]) },
        };
        list.AddMany("meshgrid", [new[] { Sample.X(2), Sample.Y(3) }], g => [Grid.Build([2, 3], at => g[0].Values[at[0]]), Grid.Build([2, 3], at => g[1].Values[at[1]])]);
        list.AddMany("meshgrid", [new[] { Sample.X(2), Sample.Y(3) }, "xy"], g => [Grid.Build([3, 2], at => g[0].Values[at[1]]), Grid.Build([3, 2], at => g[1].Values[at[0]])]);
        list.AddMany("broadcast_tensors", [new[] { Sample.X(2, 1), Sample.Y(3) }], g => [Grid.Build([2, 3], at => g[0].Values[at[0]]), Grid.Build([2, 3], at => g[1].Values[at[1]])]);
        list.AddMany("split", [Sample.X(3, 65), 32L, 1], g => [Part(g[0], 1, 0, 32), Part(g[0], 1, 32, 32), Part(g[0], 1, 64, 1)]);
        list.AddMany("split", [Sample.X(3, 5), new[] { 1L, 4L }, 1L], g => [Part(g[0], 1, 0, 1), Part(g[0], 1, 1, 4)]);
        list.AddMany("split", [Sample.X(5), new[] { 2L, 3L }], g => [Part(g[0], 0, 0, 2), Part(g[0], 0, 2, 3)]);
        list.AddMany("chunk", [Sample.X(3, 5), 2L, 1L], g => [Part(g[0], 1, 0, 3), Part(g[0], 1, 3, 2)]);
        list.AddMany("tensor_split", [Sample.X(5), 2L, 0L], g => [Part(g[0], 0, 0, 3), Part(g[0], 0, 3, 2)]);
        list.AddMany("tensor_split", [Sample.X(5), new[] { 1L, 4L }, 0L], g => [Part(g[0], 0, 0, 1), Part(g[0], 0, 1, 3), Part(g[0], 0, 4, 1)]);
        list.AddMany("tensor_split", [Sample.X(5), tensor(new[] { 1L, 4L }), 0L], g => [Part(g[0], 0, 0, 1), Part(g[0], 0, 1, 3), Part(g[0], 0, 4, 1)], true, false);
        list.AddMany("unbind", [Sample.X(3, 5), 1L], g => [.. Enumerable.Range(0, 5).Select(c => Grid.Build([3], at => g[0][at[0], c]))]);
        list.AddMany("unbind", [Sample.X(2, 5), 0], g => [.. Enumerable.Range(0, 2).Select(r => Grid.Build([5], at => g[0][r, at[0]]))]);
        return list;
    }
}
