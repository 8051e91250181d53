using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Views and rearrangements: the elements stay, their places change.
    public partial class Tensor
    {
        public Tensor view(params long[] shape) => Aten.view.Call(this, shape);
        public Tensor view_as(Tensor other) => Aten.view_as.Call(this, other);
        public Tensor reshape(params long[] shape) => Aten.reshape.Call(this, shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.flatten_using_ints.Call(this, start_dim, end_dim);
        public Tensor unflatten(long dim, Size sizes) => Aten.unflatten_int.Call(this, dim, sizes.Shape);
        public Tensor unflatten(long dim, params long[] sizes) => Aten.unflatten_int.Call(this, dim, sizes);
        public Tensor ravel() => Aten.ravel.Call(this);
        public Tensor contiguous() => Aten.contiguous.Call(this);

        public Tensor transpose(long dim0, long dim1) => Aten.transpose_int.Call(this, dim0, dim1);
        public Tensor transpose_(long dim0, long dim1) => InPlace(Aten.transpose_, this, dim0, dim1);
        public Tensor swapaxes(long dim0, long dim1) => Aten.swapaxes.Call(this, dim0, dim1);
        public Tensor swapdims(long dim0, long dim1) => Aten.swapdims.Call(this, dim0, dim1);
        public Tensor t() => Aten.t.Call(this);
        public Tensor permute(IEnumerable<long> permutation) => Aten.permute.Call(this, permutation.ToArray());
        public Tensor permute(params long[] permutation) => Aten.permute.Call(this, permutation);
        public Tensor movedim(long[] source, long[] destination) => Aten.movedim_intlist.Call(this, source, destination);
        public Tensor moveaxis(long[] source, long[] destination) => Aten.moveaxis_intlist.Call(this, source, destination);

        public Tensor squeeze(long? dim = null) => dim is long d ? Aten.squeeze_dim.Call(this, d) : Aten.squeeze.Call(this);
        public Tensor squeeze_(long? dim = null) => dim is long d ? InPlace(Aten.squeeze__dim, this, d) : InPlace(Aten.squeeze_, this);
        public Tensor unsqueeze(long dim) => Aten.unsqueeze.Call(this, dim);
        public Tensor unsqueeze_(long dim) => InPlace(Aten.unsqueeze_, this, dim);
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Aten.expand.Call(this, Argument.Ints(sizes), isImplicit);
        public Tensor expand(Size sizes, bool isImplicit = false) => Aten.expand.Call(this, sizes.Shape, isImplicit);
        public Tensor expand(long[] sizes, bool isImplicit = false) => Aten.expand.Call(this, sizes, isImplicit);
        public Tensor expand(params long[] sizes) => Aten.expand.Call(this, sizes);
        public Tensor expand_as(Tensor other) => Aten.expand_as.Call(this, other);
        public Tensor broadcast_to(params long[] shape) => Aten.broadcast_to.Call(this, shape);
        public Tensor repeat(params long[] sizes) => Aten.repeat.Call(this, sizes);
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) => Aten.repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => Aten.repeat_interleave_self_int.Call(this, repeats, dim, output_size);
        public Tensor tile(long[] reps) => Aten.tile.Call(this, reps);

        public Tensor select(long dim, long index) => Aten.select_int.Call(this, dim, index);
        public Tensor narrow(long dim, long start, long length) => Aten.narrow.Call(this, dim, start, length);
        public Tensor slice(long dim, long start, long finish, long step) => Aten.slice_Tensor.Call(this, dim, start, finish, step);
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Aten.diagonal.Call(this, offset, dim1, dim2);
        public Tensor unfold(long dimension, long size, long step) => Aten.unfold.Call(this, dimension, size, step);
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Aten.as_strided.Call(this, size, strides, storageOffset);

        public Tensor flip(params long[] dims) => Aten.flip.Call(this, dims);
        public Tensor fliplr() => Aten.fliplr.Call(this);
        public Tensor flipud() => Aten.flipud.Call(this);
        public Tensor roll((long, long) shifts, (long, long) dims) => Aten.roll.Call(this, Argument.Ints([shifts.Item1, shifts.Item2]), Argument.Ints([dims.Item1, dims.Item2]));
        public Tensor roll((long, long, long) shifts, (long, long, long) dims) => Aten.roll.Call(this, Argument.Ints([shifts.Item1, shifts.Item2, shifts.Item3]), Argument.Ints([dims.Item1, dims.Item2, dims.Item3]));
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => Aten.roll.Call(this, Argument.Ints(shifts), Argument.Ints(dims));
        public Tensor roll(long shifts, long? dims = null) => Aten.roll.Call(this, Argument.Ints([shifts]), dims is long d ? Argument.Ints([d]) : Argument.Default);
        public Tensor roll(long[] shifts) => Aten.roll.Call(this, shifts);
        public Tensor roll(long[] shifts, long[] dims) => Aten.roll.Call(this, shifts, dims);
        public Tensor rot90(long k = 1, (long, long)? dims = null) => Aten.rot90.Call(this, k, dims is (long a, long b) ? Argument.Ints([a, b]) : Argument.Default);
        public Tensor tril(long diagonal = 0) => Aten.tril.Call(this, diagonal);
        public Tensor tril_(long diagonal = 0) => InPlace(Aten.tril_, this, diagonal);
        public Tensor triu(long diagonal = 0) => Aten.triu.Call(this, diagonal);
        public Tensor triu_(long diagonal = 0) => InPlace(Aten.triu_, this, diagonal);
        public Tensor diag(long diagonal = 0) => Aten.diag.Call(this, diagonal);
        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) => Aten.diag_embed.Call(this, offset, dim1, dim2);
        public Tensor diagflat(long offset = 0) => Aten.diagflat.Call(this, offset);
        public Tensor atleast_1d() => Aten.atleast_1d.Call(this);
        public Tensor atleast_2d() => Aten.atleast_2d.Call(this);
        public Tensor atleast_3d() => Aten.atleast_3d.Call(this);
    }
}

file static class Aten
{
    internal static readonly Operator
        view = new("view"), view_as = new("view_as"), reshape = new("reshape"), flatten_using_ints = new("flatten", "using_ints"),
        unflatten_int = new("unflatten", "int"), ravel = new("ravel"), contiguous = new("contiguous"), transpose_int = new("transpose", "int"),
        transpose_ = new("transpose_"), swapaxes = new("swapaxes"), swapdims = new("swapdims"), t = new("t"), permute = new("permute"),
        movedim_intlist = new("movedim", "intlist"), moveaxis_intlist = new("moveaxis", "intlist"), squeeze_dim = new("squeeze", "dim"),
        squeeze = new("squeeze"), squeeze__dim = new("squeeze_", "dim"), squeeze_ = new("squeeze_"), unsqueeze = new("unsqueeze"),
        unsqueeze_ = new("unsqueeze_"), expand = new("expand"), expand_as = new("expand_as"), broadcast_to = new("broadcast_to"),
        repeat = new("repeat"), repeat_interleave_self_Tensor = new("repeat_interleave", "self_Tensor"),
        repeat_interleave_self_int = new("repeat_interleave", "self_int"), tile = new("tile"), select_int = new("select", "int"),
        narrow = new("narrow"), slice_Tensor = new("slice", "Tensor"), diagonal = new("diagonal"), unfold = new("unfold"),
        as_strided = new("as_strided"), flip = new("flip"), fliplr = new("fliplr"), flipud = new("flipud"), roll = new("roll"), rot90 = new("rot90"),
        tril = new("tril"), tril_ = new("tril_"), triu = new("triu"), triu_ = new("triu_"), diag = new("diag"), diag_embed = new("diag_embed"),
        diagflat = new("diagflat"), atleast_1d = new("atleast_1d"), atleast_2d = new("atleast_2d"), atleast_3d = new("atleast_3d");
}
