using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static unsafe partial class autograd
    {
        /// <summary>
        /// Adds to the gradients of the leaves (or of <paramref name="inputs"/> alone) the derivative of <paramref name="tensors"/>,
        /// weighted by <paramref name="grad_tensors"/>. An exception of a custom function's backward comes out as it was thrown.
        /// </summary>
        /// <param name="retain_graph">Keep the graph for another backward; null: if <paramref name="create_graph"/> says so.</param>
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            var outputHandles = Handles(tensors);
            var gradHandles = Handles(grad_tensors);
            var inputHandles = Handles(inputs);
            fixed (IntPtr* outputs = outputHandles, grads = gradHandles, leaves = inputHandles)
            {
                var status = Native.sequence_backward(
                    outputs, outputHandles.Length, grads, gradHandles.Length, Choice(retain_graph), create_graph ? 1 : 0, leaves, inputHandles.Length);
                if (status < 0)
                    throw Failure.Exception(status, CallText.Of(nameof(backward), [.. tensors.Select(tensor => (Argument)tensor)]));
            }

            GC.KeepAlive((tensors, grad_tensors, inputs));
        }

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensor is null ? null : [grad_tensor], retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>The derivatives of <paramref name="outputs"/> by <paramref name="inputs"/>; the leaves' own gradients stay as they are.</summary>
        /// <returns>One an input; null where <paramref name="allow_unused"/> let an input be unused.</returns>
        public static IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var outputHandles = Handles(outputs);
            var gradHandles = Handles(grad_outputs);
            var inputHandles = Handles(inputs);
            var resultHandles = new IntPtr[inputHandles.Length];
            fixed (IntPtr* tops = outputHandles, grads = gradHandles, leaves = inputHandles, results = resultHandles)
            {
                var status = Native.sequence_grad(
                    tops, outputHandles.Length, leaves, inputHandles.Length, grads, gradHandles.Length,
                    Choice(retain_graph || create_graph), create_graph ? 1 : 0, allow_unused ? 1 : 0, results);
                if (status < 0)
                    throw Failure.Exception(status, CallText.Of(nameof(grad), [Argument.Tensors([.. outputs]), Argument.Tensors([.. inputs])]));
            }

            GC.KeepAlive((outputs, inputs, grad_outputs));
            return [.. resultHandles.Select(handle => handle == 0 ? null! : new Tensor(handle))];
        }

        internal static IntPtr[] Handles(IEnumerable<Tensor?>? tensors) => tensors is null ? [] : [.. tensors.Select(tensor => tensor?.Handle ?? 0)];

        private static int Choice(bool? value) => value switch { null => -1, true => 1, false => 0 };
    }
}
