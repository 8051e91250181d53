using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // One tensor into several, as views.
    public partial class Tensor
    {
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Aten.split_with_sizes.CallList(this, Argument.Ints(sizes), dim);
        public Tensor[] split(long size, int dim = 0) => Aten.split_Tensor.CallList(this, size, dim);
        public Tensor[] split(long[] sizes, long dim = 0) => Aten.split_with_sizes.CallList(this, sizes, dim);
        public Tensor[] split(params long[] sizes) => Aten.split_with_sizes.CallList(this, sizes);
        public Tensor[] chunk(long chunks, long dim = 0) => Aten.chunk.CallList(this, chunks, dim);
        public Tensor[] unbind(long dimension = 0) => Aten.unbind_int.CallList(this, dimension);
        public Tensor[] tensor_split(Tensor indices, long dim = 0) => Aten.tensor_split_tensor_indices_or_sections.CallList(this, indices, dim);
        public Tensor[] tensor_split(long size, long dim = 0) => Aten.tensor_split_sections.CallList(this, size, dim);
        public Tensor[] tensor_split(long[] sizes, long dim = 0) => Aten.tensor_split_indices.CallList(this, sizes, dim);
    }
}

file static class Aten
{
    internal static readonly Operator
        split_with_sizes = new("split_with_sizes"), split_Tensor = new("split", "Tensor"), chunk = new("chunk"), unbind_int = new("unbind", "int"),
        tensor_split_tensor_indices_or_sections = new("tensor_split", "tensor_indices_or_sections"),
        tensor_split_sections = new("tensor_split", "sections"), tensor_split_indices = new("tensor_split", "indices");
}
