using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Factors are unique up to signs only: their product and their orthogonality are what must hold.</summary>
public sealed class FactorisationTests
{
    private static Grid Identity(long n) => Grid.Build([n, n], at => at[0] == at[1] ? 1 : 0);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(3, 5)]
    public void Singular_vectors_are_orthogonal_and_rebuild_the_matrix(long rows, long columns)
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(rows, columns);
        (Tensor u, Tensor s, Tensor vh) = torch.linalg.svd(x, fullMatrices: false);
        Grid left = Grid.Of(u), right = Grid.Of(vh), middle = Grid.Build([s.shape[0], s.shape[0]], at => at[0] == at[1] ? Grid.Of(s).Values[at[0]] : 0);
        Near.Assert(Grid.MatMul(Grid.MatMul(left, middle), right), x, "u s v");
        Near.Assert(Identity(s.shape[0]), u.t().mm(u), "u'u");
        Near.Assert(Identity(s.shape[0]), vh.mm(vh.t()), "v'v");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Eigenvectors_are_orthogonal_and_rebuild_the_matrix(long n)
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(n, n) + Sample.X(n, n).t();
        (Tensor values, Tensor vectors) = torch.linalg.eigh(x);
        Grid v = Grid.Of(vectors), diagonal = Grid.Build([n, n], at => at[0] == at[1] ? Grid.Of(values).Values[at[0]] : 0);
        Near.Assert(Grid.MatMul(Grid.MatMul(v, diagonal), v.Permute(1, 0)), x, "v d v'");
        Near.Assert(Identity(n), vectors.t().mm(vectors), "v'v");
    }

    [Fact]
    public void Transposing_in_place_turns_the_tensor_itself()
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(2, 3, 5);
        Grid expected = Grid.Of(x).Permute(2, 1, 0);
        Near.Assert(expected, x.transpose_(0, 2), "transpose_");
        Near.Assert(expected, x, "the tensor itself");
    }

    [Fact]
    public void Spans_of_numbers_say_the_same_as_arrays()
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(2, 3, 5);
        ReadOnlySpan<long> dims = [0, 2], sizes = [2, 3];
        Near.Assert(Grid.Of(x.sum(new[] { 0L, 2L })), x.sum(dims), "sum");
        Near.Assert(Grid.Of(x.amax(new[] { 0L, 2L }, true)), x.amax(dims, true), "amax");
        Near.Assert(Grid.Of(x.amin(new[] { 0L, 2L }, true)), x.amin(dims, true), "amin");
        Near.Assert(Grid.Of(x.std(new[] { 0L, 2L })), x.std(dims), "std");
        Near.Assert(Grid.Of(x.var(new[] { 0L, 2L })), x.var(dims), "var");
        Near.Assert(Grid.Of(x.roll([1L, 2L], [0L, 2L])), x.roll(new[] { 1L, 2L }, new[] { 0L, 2L }), "roll");
        Assert.Equal([2L, 3], x.split(sizes, 2).Select(t => t.shape[2]));
        Tensor largest = torch.empty(3, dtype: ScalarType.Float64);
        x.amax(dims, false, largest);
        Near.Assert(Grid.Of(x.amax(0, 2)), largest, "amax into out");
    }
}
