using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Gathering from and scattering to places named by index tensors and masks.
    public partial class Tensor
    {
        public Tensor gather(long dim, Tensor index) => Aten.gather.Call(this, dim, index);
        public Tensor take(Tensor index) => Aten.take.Call(this, index);
        public Tensor take_along_dim(IEnumerable<long> indices) => take_along_dim(tensor(indices.ToArray(), device: device));
        public Tensor take_along_dim(IEnumerable<long> indices, long dim) => take_along_dim(tensor(indices.ToArray(), device: device), dim);
        public Tensor take_along_dim(Tensor indices) => Aten.take_along_dim.Call(this, indices);
        public Tensor take_along_dim(Tensor indices, long dim) => Aten.take_along_dim.Call(this, indices, dim);
        public Tensor index_select(long dim, Tensor index) => Aten.index_select.Call(this, dim, index);
        public Tensor masked_select(Tensor mask) => Aten.masked_select.Call(this, mask);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.scatter_src.Call(this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => InPlace(Aten.scatter__src, this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.scatter_add.Call(this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => InPlace(Aten.scatter_add_, this, dim, index, src);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Aten.index_add.Call(this, dim, index, source, alpha);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => InPlace(Aten.index_add_, this, dim, index, source, alpha);
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Aten.index_copy.Call(this, dim, index, source);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => InPlace(Aten.index_copy_, this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) => Aten.index_fill_int_Scalar.Call(this, dim, index, value);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) => InPlace(Aten.index_fill__int_Scalar, this, dim, index, value);
        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.masked_fill_Scalar.Call(this, Mask(mask), value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => InPlace(Aten.masked_fill__Scalar, this, Mask(mask), value);
        public Tensor masked_scatter(Tensor mask, Tensor value) => Aten.masked_scatter.Call(this, mask, value);
        public Tensor masked_scatter_(Tensor mask, Tensor value) => InPlace(Aten.masked_scatter_, this, mask, value);

        public Tensor select_scatter(Tensor src, long dim, long index) => Aten.select_scatter.Call(this, src, dim, index);
        public Tensor slice_scatter(Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) => Aten.slice_scatter.Call(this, src, dim, start, end, step);
        public Tensor diagonal_scatter(Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) => Aten.diagonal_scatter.Call(this, src, offset, dim1, dim2);
        public Tensor where(Tensor condition, Tensor y) => Aten.where_self.Call(condition, this, y);
        public Tensor nonzero() => Aten.nonzero.Call(this);
        public Tensor argwhere() => Aten.argwhere.Call(this);

        // libtorch 1.13 takes a mask of numbers and fills nothing
        private static Tensor Mask(Tensor mask) => mask is null || mask.dtype == ScalarType.Bool
            ? mask!
            : throw new ArgumentException($"A mask is a Bool tensor, not {mask.dtype}; compare first, as in mask != 0.", nameof(mask));
    }
}

file static class Aten
{
    internal static readonly Operator
        gather = new("gather"), take = new("take"), take_along_dim = new("take_along_dim"), index_select = new("index_select"),
        masked_select = new("masked_select"), scatter_src = new("scatter", "src"), scatter__src = new("scatter_", "src"),
        scatter_add = new("scatter_add"), scatter_add_ = new("scatter_add_"), index_add = new("index_add"), index_add_ = new("index_add_"),
        index_copy = new("index_copy"), index_copy_ = new("index_copy_"), index_fill_int_Scalar = new("index_fill", "int_Scalar"),
        index_fill__int_Scalar = new("index_fill_", "int_Scalar"), masked_fill_Scalar = new("masked_fill", "Scalar"),
        masked_fill__Scalar = new("masked_fill_", "Scalar"), masked_scatter = new("masked_scatter"), masked_scatter_ = new("masked_scatter_"),
        select_scatter = new("select_scatter"), slice_scatter = new("slice_scatter"), diagonal_scatter = new("diagonal_scatter"),
        where_self = new("where", "self"), nonzero = new("nonzero"), argwhere = new("argwhere");
}
