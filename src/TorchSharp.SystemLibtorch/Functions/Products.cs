using TorchSharp.Interop;

namespace TorchSharp;

// Sums of products over named or paired indices, and distances between rows.
public static partial class torch
{
    /// <summary>Einstein summation, e.g. <c>einsum("bhtk,bhsk->bhts", q, k)</c>.</summary>
    public static Tensor einsum(string equation, params Tensor[] tensors) => Aten.einsum.Call(equation, Argument.Tensors(tensors));

    public static Tensor tensordot(Tensor a, Tensor b, long dims = 2) => a.tensordot(b, dims);
    public static Tensor tensordot(Tensor a, Tensor b, (long, long)[] dims) => a.tensordot(b, dims);

    public partial class Tensor
    {
        /// <summary>Contracts the last <paramref name="dims"/> dimensions of this tensor with the first of <paramref name="b"/>.</summary>
        public Tensor tensordot(Tensor b, long dims = 2)
        {
            long[] last = new long[dims], first = new long[dims];
            for (long i = 0; i < dims; i++)
            {
                (last[i], first[i]) = (i - dims, i);
            }

            return tensordot(b, last, first);
        }

        public Tensor tensordot(Tensor b, (long, long)[] dims) =>
            tensordot(b, Array.ConvertAll(dims, pair => pair.Item1), Array.ConvertAll(dims, pair => pair.Item2));
    }
}

file static class Aten
{
    internal static readonly Operator einsum = new("einsum");
}
