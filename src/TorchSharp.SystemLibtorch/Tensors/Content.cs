using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Copies, fills, and new tensors after this one's shape, dtype and device.
    public partial class Tensor
    {
        public Tensor clone() => Aten.clone.Call(this);
        public Tensor copy_(Tensor source, bool nonBlocking = false) => InPlace(Aten.copy_, this, source, nonBlocking);
        public Tensor set_(Tensor source) => InPlace(Aten.set__source_Tensor, this, source);
        public Tensor fill_(Scalar value) => InPlace(Aten.fill__Scalar, this, value);
        public Tensor zero_() => InPlace(Aten.zero_, this);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Like(Aten.empty_like, dtype, device, requires_grad);
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Like(Aten.zeros_like, dtype, device, requires_grad);
        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Like(Aten.ones_like, dtype, device, requires_grad);
        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Like(Aten.rand_like, dtype, device, requires_grad);
        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Like(Aten.randn_like, dtype, device, requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Tracked(Aten.full_like.Call(this, value, dtype, Argument.None, device), requires_grad);

        public Tensor randint_like(long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Tracked(Aten.randint_like_low_dtype.Call(this, low, high, dtype, Argument.None, device), requires_grad);

        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_empty, size, dtype, device, requires_grad);
        public Tensor new_empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_empty, size, dtype, device, requires_grad);
        public Tensor new_empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_empty, [size], dtype, device, requires_grad);
        public Tensor new_empty(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_empty, [rows, columns], dtype, device, requires_grad);
        public Tensor new_empty(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_empty, [dim0, dim1, dim2], dtype, device, requires_grad);
        public Tensor new_empty(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_empty, [dim0, dim1, dim2, dim3], dtype, device, requires_grad);

        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_zeros, size, dtype, device, requires_grad);
        public Tensor new_zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_zeros, size, dtype, device, requires_grad);
        public Tensor new_zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_zeros, [size], dtype, device, requires_grad);
        public Tensor new_zeros(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_zeros, [rows, columns], dtype, device, requires_grad);
        public Tensor new_zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_zeros, [dim0, dim1, dim2], dtype, device, requires_grad);
        public Tensor new_zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_zeros, [dim0, dim1, dim2, dim3], dtype, device, requires_grad);

        public Tensor new_ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_ones, [size], dtype, device, requires_grad);
        public Tensor new_ones(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_ones, [rows, columns], dtype, device, requires_grad);
        public Tensor new_ones(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_ones, [dim0, dim1, dim2], dtype, device, requires_grad);
        public Tensor new_ones(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => New(Aten.new_ones, [dim0, dim1, dim2, dim3], dtype, device, requires_grad);

        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => NewFull(size, value, dtype, device, requires_grad);
        public Tensor new_full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => NewFull(size, value, dtype, device, requires_grad);
        public Tensor new_full(long size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => NewFull([size], value, dtype, device, requires_grad);
        public Tensor new_full(long rows, long columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => NewFull([rows, columns], value, dtype, device, requires_grad);
        public Tensor new_full(long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => NewFull([dim0, dim1, dim2], value, dtype, device, requires_grad);
        public Tensor new_full(long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => NewFull([dim0, dim1, dim2, dim3], value, dtype, device, requires_grad);

        private Tensor Like(Operator operation, ScalarType? dtype, Device? device, bool requires_grad) =>
            Tracked(operation.Call(this, dtype, Argument.None, device), requires_grad);

        private Tensor New(Operator operation, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad) =>
            Tracked(operation.Call(this, Argument.Ints(size), dtype, Argument.None, device), requires_grad);

        private Tensor NewFull(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype, Device? device, bool requires_grad) =>
            Tracked(Aten.new_full.Call(this, Argument.Ints(size), value, dtype, Argument.None, device), requires_grad);
    }

    private static Tensor Tracked(Tensor tensor, bool requires_grad) => requires_grad ? tensor.requires_grad_() : tensor;
}

file static class Aten
{
    internal static readonly Operator
        clone = new("clone"), copy_ = new("copy_"), set__source_Tensor = new("set_", "source_Tensor"), fill__Scalar = new("fill_", "Scalar"), zero_ = new("zero_"),
        empty_like = new("empty_like"), zeros_like = new("zeros_like"), ones_like = new("ones_like"), rand_like = new("rand_like"), randn_like = new("randn_like"),
        full_like = new("full_like"), randint_like_low_dtype = new("randint_like", "low_dtype"),
        new_empty = new("new_empty"), new_zeros = new("new_zeros"), new_ones = new("new_ones"), new_full = new("new_full");
}
