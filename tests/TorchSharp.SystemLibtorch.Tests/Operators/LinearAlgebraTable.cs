using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Products, factorisations and norms of matrices.</summary>
internal static class LinearAlgebraTable
{
    private static Grid Batch(Grid g, long b) => Grid.Build([.. g.Shape[1..]], at => g[[b, .. at]]);

    private static Grid Bmm(Grid a, Grid b) => Grid.Build([a.Shape[0], a.Shape[1], b.Shape[2]], at => Enumerable.Range(0, (int)a.Shape[2]).Sum(k => a[at[0], at[1], k] * b[at[0], k, at[2]]));

    private static Grid Mv(Grid m, Grid v) => Grid.Build([m.Shape[0]], at => v.Values.Select((x, k) => m[at[0], k] * x).Sum());

    private static double Dot(Grid a, Grid b) => a.Values.Zip(b.Values, (x, y) => x * y).Sum();

    private static Grid Outer(Grid a, Grid b) => Grid.Build([a.Shape[0], b.Shape[0]], at => a.Values[at[0]] * b.Values[at[1]]);

    private static Grid Mix(Grid self, Grid product, double beta, double alpha) => Grid.Zip(self, product, (s, p) => (beta * s) + (alpha * p));

    private static Grid Transposed(Grid g) => g.Permute(1, 0);

    // Gauss and Jordan: the inverse and the determinant
    private static (Grid Inverse, double Determinant) Eliminate(Grid g)
    {
        int n = (int)g.Shape[0];
        double[][] rows = [.. Enumerable.Range(0, n).Select(r => Enumerable.Range(0, 2 * n).Select(c => c < n ? g[r, c] : c - n == r ? 1.0 : 0).ToArray())];
        double determinant = 1;
        for (int c = 0; c < n; c++)
        {
            int pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(rows[r][c]));
            determinant *= rows[pivot][c] * (pivot == c ? 1 : -1);
            (rows[c], rows[pivot]) = (rows[pivot], rows[c]);
            rows[c] = [.. rows[c].Select(v => v / rows[c][c])];
            for (int r = 0; r < n; r++)
            {
                double factor = rows[r][c];
                rows[r] = r == c ? rows[r] : [.. rows[r].Select((v, i) => v - (factor * rows[c][i]))];
            }
        }

        return (Grid.Build([n, n], at => rows[at[0]][n + at[1]]), determinant);
    }

    private static Grid Exponential(Grid g)
    {
        Grid term = Grid.Build(g.Shape, at => at[0] == at[1] ? 1 : 0), sum = term;
        for (int k = 1; k < 40; k++)
        {
            double over = k;
            term = Grid.MatMul(term, g).Map(v => v / over);
            sum = Grid.Zip(sum, term, (a, b) => a + b);
        }

        return sum;
    }

    private static Grid Covariance(Grid g, bool scaled)
    {
        double[] means = [.. Enumerable.Range(0, (int)g.Shape[0]).Select(r => Enumerable.Range(0, (int)g.Shape[1]).Average(c => g[r, c]))];
        double Cov(long a, long b) => Enumerable.Range(0, (int)g.Shape[1]).Sum(c => (g[a, c] - means[a]) * (g[b, c] - means[b])) / (g.Shape[1] - 1);
        return Grid.Build([g.Shape[0], g.Shape[0]], at => Cov(at[0], at[1]) / (scaled ? Math.Sqrt(Cov(at[0], at[0]) * Cov(at[1], at[1])) : 1));
    }

    // far from singular: random plus a large diagonal
    private static Tensor Sturdy(int seed, long n) => Sample.Seeded(seed, -1, 1, n, n) + (torch.eye(n, dtype: ScalarType.Float64) * 3);

    private static Tensor Symmetric(int seed, long n) => (Sturdy(seed, n) + Sturdy(seed, n).t()) / 2;

    private static Grid Kron(Grid a, Grid b) => Grid.Build([a.Shape[0] * b.Shape[0], a.Shape[1] * b.Shape[1]], at => a[at[0] / b.Shape[0], at[1] / b.Shape[1]] * b[at[0] % b.Shape[0], at[1] % b.Shape[1]]);

    public static IEnumerable<OperatorCase> Cases() => Products().Concat(Decompositions()).Concat(Solvers());

    private static IEnumerable<OperatorCase> Products()
    {
        foreach ((long n, long k, long m) in new (long, long, long)[] { (1, 1, 1), (3, 5, 2), (63, 1, 2), (2, 65, 3), (64, 64, 1), (2, 0, 3) })
        {
            yield return new(typeof(torch), "mm", [Sample.X(n, k), Sample.Y(k, m)], g => [Grid.MatMul(g[0], g[1])]) { Differentiable = k > 0 };
            yield return new(typeof(torch), "matmul", [Sample.X(n, k), Sample.Y(k, m)], g => [Grid.MatMul(g[0], g[1])]) { Differentiable = k > 0 };
        }

        CaseList list = new()
        {
            { "matmul", [Sample.X(65), Sample.Y(65)], g => Grid.Scalar(Dot(g[0], g[1])) },
            { "matmul", [Sample.X(3, 5), Sample.Y(5)], g => Mv(g[0], g[1]) },
            { "matmul", [Sample.X(2, 3, 5), Sample.Y(5, 4)], g => Grid.Build([2, 3, 4], at => Grid.MatMul(Batch(g[0], at[0]), g[1])[at[1], at[2]]) },
            { "matmul", [Sample.X(2, 1, 3, 5), Sample.Y(4, 5, 2)], g => Grid.Build([2, 4, 3, 2], at => Enumerable.Range(0, 5).Sum(k => g[0][at[0], 0, at[2], k] * g[1][at[1], k, at[3]])) },
            { "bmm", [Sample.X(2, 3, 5), Sample.Y(2, 5, 4)], g => Bmm(g[0], g[1]) },
            { "mv", [Sample.X(3, 65), Sample.Y(65)], g => Mv(g[0], g[1]) },
            { "dot", [Sample.X(63), Sample.Y(63)], g => Grid.Scalar(Dot(g[0], g[1])) },
            { "vdot", [Sample.X(63), Sample.Y(63)], g => Grid.Scalar(Dot(g[0], g[1])) },
            { "inner", [Sample.X(3, 5), Sample.Y(2, 5)], g => Grid.MatMul(g[0], Transposed(g[1])) },
            { "outer", [Sample.X(3), Sample.Y(65)], g => Outer(g[0], g[1]) },
            { "ger", [Sample.X(3), Sample.Y(4)], g => Outer(g[0], g[1]) },
            { "kron", [Sample.X(2, 3), Sample.Y(3, 2)], g => Kron(g[0], g[1]) },
            { "addmm", [Sample.X(3, 4), Sample.Y(3, 5), Sample.Z(5, 4), 0.5f, 2f], g => Mix(g[0], Grid.MatMul(g[1], g[2]), 0.5, 2) },
            { "addmv", [Sample.X(3), Sample.Y(3, 5), Sample.Z(5), 0.5f, 2f], g => Mix(g[0], Mv(g[1], g[2]), 0.5, 2) },
            { "addr", [Sample.X(3, 5), Sample.Y(3), Sample.Z(5), 0.5f, 2f], g => Mix(g[0], Outer(g[1], g[2]), 0.5, 2) },
            { "baddbmm", [Sample.X(2, 3, 4), Sample.Y(2, 3, 5), Sample.Z(2, 5, 4), 0.5f, 2f], g => Mix(g[0], Bmm(g[1], g[2]), 0.5, 2) },
            { "addbmm", [Sample.X(3, 4), Sample.Y(2, 3, 5), Sample.Z(2, 5, 4), 0.5f, 2f], g => Mix(g[0], Bmm(g[1], g[2]).Reduce([0], false, v => v.Sum()), 0.5, 2) },
            { "tensordot", [Sample.X(2, 3, 5), Sample.Y(3, 5, 4), 2L], g => Grid.MatMul(g[0].Reshape(2, 15), g[1].Reshape(15, 4)) },
            { "tensordot", [Sample.X(3, 5), Sample.Y(4, 5), new[] { 1L }, new[] { 1L }], g => Grid.MatMul(g[0], Transposed(g[1])) },
            { "tensordot", [Sample.X(3, 5), Sample.Y(4, 5), new[] { (1L, 1L) }], g => Grid.MatMul(g[0], Transposed(g[1])) },
            { "einsum", ["ij,kj->ik", new[] { Sample.X(3, 5), Sample.Y(4, 5) }], g => Grid.MatMul(g[0], Transposed(g[1])), true, true, false },
            { "einsum", ["bhtk,bhsk->bhts", new[] { Sample.X(1, 2, 3, 4), Sample.Y(1, 2, 5, 4) }], g => Grid.Build([1, 2, 3, 5], at => Enumerable.Range(0, 4).Sum(k => g[0][at[0], at[1], at[2], k] * g[1][at[0], at[1], at[3], k])), true, true, false },
            { "trace", [Sample.X(5, 5)], g => Grid.Scalar(Enumerable.Range(0, 5).Sum(i => g[0][i, i])) },
            { "cov", [Sample.X(3, 65)], g => Covariance(g[0], false) },
            { "corrcoef", [Sample.X(3, 65)], g => Covariance(g[0], true) },
            { "matrix_power", [Sample.X(4, 4), 3], g => Grid.MatMul(g[0], Grid.MatMul(g[0], g[0])) },
            { "matrix_exp", [Sample.Seeded(3, -0.5, 0.5, 4, 4)], g => Exponential(g[0]) },
            { "det", [Sturdy(1, 4)], g => Grid.Scalar(Eliminate(g[0]).Determinant) },
            { "logdet", [Sturdy(1, 4)], g => Grid.Scalar(Math.Log(Eliminate(g[0]).Determinant)) },
            { "inverse", [Sturdy(2, 4)], g => Eliminate(g[0]).Inverse },
        };
        foreach (OperatorCase product in list)
        {
            yield return product;
        }
    }

    private static CaseList Solvers()
    {
        CaseList list = new(typeof(linalg))
        {
            { "det", [Sturdy(1, 5)], g => Grid.Scalar(Eliminate(g[0]).Determinant) },
            { "inv", [Sturdy(2, 5)], g => Eliminate(g[0]).Inverse },
            { "pinv", [Sturdy(2, 4)], g => Eliminate(g[0]).Inverse },
            { "solve", [Sturdy(3, 4), Sample.Y(4, 2)], g => Grid.MatMul(Eliminate(g[0]).Inverse, g[1]) },
            { "solve_triangular", [Sturdy(4, 4).triu(), Sample.Y(4, 2), true], g => Grid.MatMul(Eliminate(g[0]).Inverse, g[1]), false },
            { "matrix_exp", [Sample.Seeded(3, -0.5, 0.5, 4, 4)], g => Exponential(g[0]) },
            { "matrix_rank", [Sample.X(5, 2).matmul(Sample.Y(2, 4))], _ => Grid.Scalar(2), false },
            { "multi_dot", [new List<Tensor> { Sample.X(2, 3), Sample.Y(3, 4), Sample.Z(4, 5) }], g => Grid.MatMul(Grid.MatMul(g[0], g[1]), g[2]), false },
            { "diagonal", [Sample.X(2, 3, 3)], g => Grid.Build([2, 3], at => g[0][at[0], at[1], at[1]]) },
            { "norm", [Sample.X(65), 3.0], g => Grid.Scalar(Math.Pow(g[0].Values.Sum(v => Math.Pow(Math.Abs(v), 3)), 1 / 3.0)) },
            { "norm", [Sample.X(65), 1], g => Grid.Scalar(g[0].Values.Sum(Math.Abs)) },
            { "norm", [Sample.X(3, 5), "fro"], g => Grid.Scalar(Math.Sqrt(g[0].Values.Sum(v => v * v))) },
            { "norm", [Sample.X(3, 5), new[] { 1L }, true], g => g[0].Reduce([1], true, line => Math.Sqrt(line.Sum(v => v * v))) },
            { "vector_norm", [Sample.X(3, 5), 2.0, new[] { 0L }], g => g[0].Reduce([0], false, line => Math.Sqrt(line.Sum(v => v * v))) },
            { "vector_norm", [Sample.X(63), double.PositiveInfinity], g => Grid.Scalar(g[0].Values.Max(Math.Abs)) },
            { "matrix_norm", [Sample.X(3, 5)], g => Grid.Scalar(Math.Sqrt(g[0].Values.Sum(v => v * v))) },
            { "matrix_norm", [Sample.X(3, 5), 1.0], g => Grid.Scalar(Enumerable.Range(0, 5).Max(c => Enumerable.Range(0, 3).Sum(r => Math.Abs(g[0][r, c])))) },
            { "vecdot", [Sample.X(3, 5), Sample.Y(3, 5)], g => Grid.Zip(g[0], g[1], (a, b) => a * b).Reduce([1], false, v => v.Sum()) },
        };
        list.AddMany("slogdet", [Sturdy(1, 5)], g => [Grid.Scalar(Math.Sign(Eliminate(g[0]).Determinant)), Grid.Scalar(Math.Log(Math.Abs(Eliminate(g[0]).Determinant)))], false);
        return list;
    }

    // A factorisation is unique up to signs: its product, and what its factors must satisfy, is what is compared.
    private static IEnumerable<OperatorCase> Decompositions()
    {
        foreach (long n in (long[])[1, 3, 5])
        {
            Tensor symmetric = Symmetric(2, n);
            yield return new(typeof(linalg), "cholesky", [symmetric], g => [Cholesky(g[0])]) { Differentiable = false };
            yield return new(typeof(linalg), "eigvalsh", [symmetric], g => [Eigenvalues(g[0])]) { Differentiable = false };
            yield return new(typeof(linalg), "eigh", [symmetric], g => [Eigenvalues(g[0])]) { Differentiable = false };
            yield return new(typeof(linalg), "svdvals", [symmetric], g => [Grid.Line([.. Eigenvalues(g[0]).Values.Select(Math.Abs).OrderDescending()])]);
        }
    }

    private static Grid Cholesky(Grid g)
    {
        int n = (int)g.Shape[0];
        double[,] l = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double rest = g[i, j] - Enumerable.Range(0, j).Sum(k => l[i, k] * l[j, k]);
                l[i, j] = i == j ? Math.Sqrt(rest) : rest / l[j, j];
            }
        }

        return Grid.Build([n, n], at => l[at[0], at[1]]);
    }

    // Jacobi's rotations
    private static Grid Eigenvalues(Grid g)
    {
        int n = (int)g.Shape[0];
        for (int sweep = 0; sweep < 50; sweep++)
        {
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    double angle = 0.5 * Math.Atan2(2 * g[p, q], g[q, q] - g[p, p]), c = Math.Cos(angle), s = Math.Sin(angle);
                    int a = p, b = q;
                    Grid turn = Grid.Build([n, n], at => (at[0], at[1]) switch
                    {
                        (var i, var j) when i == j => i == a || i == b ? c : 1,
                        (var i, var j) when i == a && j == b => s,
                        (var i, var j) when i == b && j == a => -s,
                        _ => 0,
                    });
                    g = Grid.MatMul(Transposed(turn), Grid.MatMul(g, turn));
                }
            }
        }

        return Grid.Line([.. Enumerable.Range(0, n).Select(i => g[i, i]).Order()]);
    }
}
