using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Products and factorisations of matrices.
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Aten.matmul.Call(this, target);
        public Tensor mm(Tensor target) => Aten.mm.Call(this, target);
        public Tensor bmm(Tensor batch2) => Aten.bmm.Call(this, batch2);
        public Tensor mv(Tensor target) => Aten.mv.Call(this, target);
        public Tensor dot(Tensor target) => Aten.dot.Call(this, target);
        public Tensor vdot(Tensor target) => Aten.vdot.Call(this, target);
        public Tensor outer(Tensor vec2) => Aten.outer.Call(this, vec2);
        public Tensor ger(Tensor vec2) => Aten.ger.Call(this, vec2);
        public Tensor inner(Tensor vec2) => Aten.inner.Call(this, vec2);
        public Tensor kron(Tensor other) => Aten.kron.Call(this, other);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Aten.addmm.Call(this, mat1, mat2, beta, alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => InPlace(Aten.addmm_, this, mat1, mat2, beta, alpha);
        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => Aten.addmv.Call(this, mat, vec, beta, alpha);
        public Tensor addmv_(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => InPlace(Aten.addmv_, this, mat, vec, beta, alpha);
        public Tensor addr(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => Aten.addr.Call(this, vec1, vec2, beta, alpha);
        public Tensor addr_(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => InPlace(Aten.addr_, this, vec1, vec2, beta, alpha);
        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Aten.addbmm.Call(this, batch1, batch2, beta, alpha);
        public Tensor addbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => InPlace(Aten.addbmm_, this, batch1, batch2, beta, alpha);
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Aten.baddbmm.Call(this, batch1, batch2, beta, alpha);
        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => Aten.tensordot.Call(this, b, dims1, dims2);

        public Tensor trace() => Aten.trace.Call(this);
        public Tensor det() => Aten.det.Call(this);
        public Tensor logdet() => Aten.logdet.Call(this);
        public Tensor inverse() => Aten.inverse.Call(this);
        public Tensor matrix_exp() => Aten.matrix_exp.Call(this);
        public Tensor matrix_power(int n) => Aten.matrix_power.Call(this, n);
        public Tensor cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null) => Aten.cov.Call(this, correction, fweights, aweights);
        public Tensor corrcoef() => Aten.corrcoef.Call(this);
    }
}

file static class Aten
{
    internal static readonly Operator
        matmul = new("matmul"), mm = new("mm"), bmm = new("bmm"), mv = new("mv"), dot = new("dot"), vdot = new("vdot"), outer = new("outer"),
        ger = new("ger"), inner = new("inner"), kron = new("kron"), addmm = new("addmm"), addmm_ = new("addmm_"), addmv = new("addmv"),
        addmv_ = new("addmv_"), addr = new("addr"), addr_ = new("addr_"), addbmm = new("addbmm"), addbmm_ = new("addbmm_"), baddbmm = new("baddbmm"),
        tensordot = new("tensordot"), trace = new("trace"), det = new("det"), logdet = new("logdet"), inverse = new("inverse"),
        matrix_exp = new("matrix_exp"), matrix_power = new("matrix_power"), cov = new("cov"), corrcoef = new("corrcoef");
}
