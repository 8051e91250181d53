using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Order: sorting, the largest, and what is distinct.
    public partial class Tensor
    {
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => Aten.sort_stable.Call2(this, stable, dim, descending);
        public Tensor argsort(long dim = -1, bool descending = false) => Aten.argsort.Call(this, dim, descending);
        public Tensor msort() => Aten.msort.Call(this);
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Aten.topk.Call2(this, k, dim, largest, sorted);
        public (Tensor output, Tensor inverse_indices, Tensor counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) => dim is int d
            ? Aten.unique_dim.Call3(this, d, sorted, return_inverse, return_counts)
            : Aten._unique2.Call3(this, sorted, return_inverse, return_counts);
        public (Tensor output, Tensor inverse_indices, Tensor counts) unique_consecutive(bool return_inverse = false, bool return_counts = false, int? dim = null) => Aten.unique_consecutive.Call3(this, return_inverse, return_counts, dim);
        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Aten.histc.Call(this, bins, min, max);
        public Tensor bincount(Tensor? weights, long minlength = 0) => Aten.bincount.Call(this, weights, minlength);
        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => Aten.bucketize_Tensor.Call(this, boundaries, outInt32, right);
    }
}

file static class Aten
{
    internal static readonly Operator
        sort_stable = new("sort", "stable"), argsort = new("argsort"), msort = new("msort"), topk = new("topk"), unique_dim = new("unique_dim"),
        _unique2 = new("_unique2"), unique_consecutive = new("unique_consecutive"), histc = new("histc"), bincount = new("bincount"),
        bucketize_Tensor = new("bucketize", "Tensor");
}
