using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Factorisations, solvers and norms of (batches of) matrices.</summary>
    public static class linalg
    {
        public static Tensor cholesky(Tensor input) => Aten.linalg_cholesky.Call(input);
        public static Tensor det(Tensor input) => Aten.linalg_det.Call(input);
        public static (Tensor, Tensor) slogdet(Tensor input) => Aten.linalg_slogdet.Call2(input);
        public static Tensor inv(Tensor input) => Aten.linalg_inv.Call(input);
        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Aten.linalg_pinv_atol_rtol_float.Call(input, atol, rtol, hermitian);
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Aten.linalg_eigh.Call2(input, UPLO.ToString());
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Aten.linalg_eigvalsh.Call(input, UPLO.ToString());
        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true) => Aten.linalg_svd.Call3(input, fullMatrices);
        public static Tensor svdvals(Tensor input) => Aten.linalg_svdvals.Call(input);
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Aten.linalg_solve.Call(A, B, left);
        public static Tensor matrix_exp(Tensor input) => Aten.linalg_matrix_exp.Call(input);
        public static Tensor matrix_rank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Aten.linalg_matrix_rank_atol_rtol_float.Call(input, atol, rtol, hermitian);
        public static Tensor multi_dot(IList<Tensor> tensors) => Aten.linalg_multi_dot.Call(Listed(tensors));
        public static Tensor diagonal(Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1) => Aten.linalg_diagonal.Call(input, offset, dim1, dim2);

        public static Tensor norm(Tensor input, string ord, long[]? dims = null, bool keepdim = false) => Aten.linalg_norm_ord_str.Call(input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => Aten.linalg_norm.Call(input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, int ord, long[]? dims = null, bool keepdim = false) => Aten.linalg_norm.Call(input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) => Aten.linalg_norm.Call(input, Argument.None, dims, keepdim);
        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) => Aten.linalg_vector_norm.Call(input, ord, dims, keepdim);
        public static Tensor matrix_norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => Aten.linalg_matrix_norm.Call(input, ord, dims ?? [-2, -1], keepdim);
        public static Tensor matrix_norm(Tensor input, string ord = "fro", long[]? dims = null, bool keepdim = false) => Aten.linalg_matrix_norm_str_ord.Call(input, ord, dims ?? [-2, -1], keepdim);

        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false, Tensor? @out = null)
        {
            Tensor solved = Aten.linalg_solve_triangular.Call(A, B, upper, left, unitriangular);
            return @out is null ? solved : @out.copy_(solved);
        }

        public static Tensor vecdot(Tensor x, Tensor y, long dim = -1, Tensor? @out = null)
        {
            Tensor product = Aten.linalg_vecdot.Call(x, y, dim);
            return @out is null ? product : @out.copy_(product);
        }
    }
}

file static class Aten
{
    internal static readonly Operator
        linalg_cholesky = new("linalg_cholesky"), linalg_det = new("linalg_det"), linalg_slogdet = new("linalg_slogdet"), linalg_inv = new("linalg_inv"),
        linalg_pinv_atol_rtol_float = new("linalg_pinv", "atol_rtol_float"), linalg_eigh = new("linalg_eigh"), linalg_eigvalsh = new("linalg_eigvalsh"),
        linalg_svd = new("linalg_svd"), linalg_svdvals = new("linalg_svdvals"), linalg_solve = new("linalg_solve"), linalg_matrix_exp = new("linalg_matrix_exp"),
        linalg_matrix_rank_atol_rtol_float = new("linalg_matrix_rank", "atol_rtol_float"), linalg_multi_dot = new("linalg_multi_dot"), linalg_diagonal = new("linalg_diagonal"),
        linalg_norm = new("linalg_norm"), linalg_norm_ord_str = new("linalg_norm", "ord_str"), linalg_vector_norm = new("linalg_vector_norm"),
        linalg_matrix_norm = new("linalg_matrix_norm"), linalg_matrix_norm_str_ord = new("linalg_matrix_norm", "str_ord"),
        linalg_solve_triangular = new("linalg_solve_triangular"), linalg_vecdot = new("linalg_vecdot");
}
