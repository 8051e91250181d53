using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Running reductions and differences along one dimension.
    public partial class Tensor
    {
        public Tensor cumsum(long dim, ScalarType? type = null) => Aten.cumsum.Call(this, dim, type);
        public Tensor cumprod(long dim, ScalarType? type = null) => Aten.cumprod.Call(this, dim, type);
        public (Tensor values, Tensor indexes) cummax(long dim) => Aten.cummax.Call2(this, dim);
        public (Tensor values, Tensor indexes) cummin(long dim) => Aten.cummin.Call2(this, dim);
        public Tensor logcumsumexp(long dim) => Aten.logcumsumexp.Call(this, dim);
        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => Aten.diff.Call(this, n, dim, prepend, append);
    }
}

file static class Aten
{
    internal static readonly Operator
        cumsum = new("cumsum"), cumprod = new("cumprod"), cummax = new("cummax"), cummin = new("cummin"), logcumsumexp = new("logcumsumexp"),
        diff = new("diff");
}
