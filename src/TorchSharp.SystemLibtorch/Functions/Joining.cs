using TorchSharp.Interop;

namespace TorchSharp;

// Several tensors into one, or brought to one shape.
public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Aten.cat.Call(Listed(tensors), dim);
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Aten.cat.Call(Argument.Tensors(tensors), dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Aten.cat.Call(Listed(tensors), dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(ReadOnlySpan<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Aten.stack.Call(Listed(tensors), dim);

    public static Tensor hstack(params Tensor[] tensors) => Aten.hstack.Call(Argument.Tensors(tensors));
    public static Tensor hstack(IList<Tensor> tensors) => Aten.hstack.Call(Listed(tensors));
    public static Tensor hstack(IEnumerable<Tensor> tensors) => Aten.hstack.Call(Listed(tensors));
    public static Tensor hstack(ReadOnlySpan<Tensor> tensors) => Aten.hstack.Call(Listed(tensors));
    public static Tensor vstack(Tensor[] tensors) => Aten.vstack.Call(Argument.Tensors(tensors));
    public static Tensor vstack(IList<Tensor> tensors) => Aten.vstack.Call(Listed(tensors));
    public static Tensor vstack(ReadOnlySpan<Tensor> tensors) => Aten.vstack.Call(Listed(tensors));
    public static Tensor dstack(params Tensor[] tensors) => Aten.dstack.Call(Argument.Tensors(tensors));
    public static Tensor dstack(IList<Tensor> tensors) => Aten.dstack.Call(Listed(tensors));
    public static Tensor dstack(IEnumerable<Tensor> tensors) => Aten.dstack.Call(Listed(tensors));
    public static Tensor dstack(ReadOnlySpan<Tensor> tensors) => Aten.dstack.Call(Listed(tensors));

    public static Tensor block_diag(params Tensor[] tensors) => Aten.block_diag.Call(Argument.Tensors(tensors));
    public static Tensor cartesian_prod(params Tensor[] tensors) => Aten.cartesian_prod.Call(Argument.Tensors(tensors));
    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => Aten.meshgrid_indexing.CallList(Listed(tensors), indexing);
    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => Aten.broadcast_tensors.CallList(Argument.Tensors(tensors));

    /// <summary>The shape that tensors of these shapes broadcast to.</summary>
    /// <exception cref="ArgumentException">Two lengths of one dimension differ and neither is 1.</exception>
    public static Size broadcast_shapes(params long[][] shapes)
    {
        long[] common = new long[shapes.Length == 0 ? 0 : shapes.Max(s => s.Length)];
        Array.Fill(common, 1);
        foreach (long[] shape in shapes)
        {
            for (int i = 1; i <= shape.Length; i++)
            {
                ref long length = ref common[^i];
                if (length != shape[^i] && length != 1 && shape[^i] != 1)
                {
                    throw new ArgumentException($"Shapes {string.Join(" and ", shapes.Select(s => $"[{string.Join(", ", s)}]"))} do not broadcast: {length} meets {shape[^i]}.", nameof(shapes));
                }

                length = length == 1 ? shape[^i] : length;
            }
        }

        return common;
    }

    private static Argument Listed(IEnumerable<Tensor> tensors) => Argument.Tensors(tensors as IReadOnlyList<Tensor> ?? [.. tensors]);

    private static Argument Listed(ReadOnlySpan<Tensor> tensors) => Argument.Tensors(tensors.ToArray());
}

file static class Aten
{
    internal static readonly Operator
        cat = new("cat"), stack = new("stack"), hstack = new("hstack"), vstack = new("vstack"), dstack = new("dstack"), block_diag = new("block_diag"),
        cartesian_prod = new("cartesian_prod"), meshgrid_indexing = new("meshgrid", "indexing"), broadcast_tensors = new("broadcast_tensors");
}
