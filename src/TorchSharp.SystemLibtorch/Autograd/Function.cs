using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static unsafe partial class autograd
    {
        /// <summary>
        /// A function with a derivative of its own. One shared instance a type, so what a call must remember goes into its
        /// context. The forward runs without recording; the backward returns one entry an argument of the forward, null for
        /// those that are no tensors or get no gradient. An exception of either comes out of the caller's call as it was thrown.
        /// </summary>
        public abstract class Function<T> where T : Function<T>, new()
        {
            private static readonly T s_instance = new();

            public abstract string Name { get; }

            internal abstract List<Tensor> forward_internal(AutogradContext ctx, object[] vars);

            internal abstract List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs);

            public static List<Tensor> apply_internal(params object[] vars)
            {
                ArgumentNullException.ThrowIfNull(vars);
                var inputs = vars.OfType<Tensor>().ToArray();
                var context = new AutogradContext();
                List<Tensor> outputs;
                using (no_grad())
                    outputs = s_instance.forward_internal(context, vars) ?? throw new InvalidOperationException($"the forward of {s_instance.Name} returned null");

                var call = new Call(s_instance, context, [.. vars.Select(variable => variable is Tensor)]);
                return call.Apply(s_instance.Name, inputs, outputs);
            }

            private sealed class Call(T function, AutogradContext context, bool[] isTensor) : IBackward
            {
                internal List<Tensor> Apply(string name, Tensor[] inputs, List<Tensor> outputs)
                {
                    var inputHandles = Handles(inputs);
                    var outputHandles = Handles(outputs);
                    var savedHandles = Handles(context.ToSave);
                    var dirtyHandles = Handles(context.Dirty);
                    var fixedHandles = Handles(context.NonDifferentiable);
                    var resultHandles = new IntPtr[outputs.Count];
                    fixed (IntPtr* from = inputHandles, to = outputHandles, saved = savedHandles, dirty = dirtyHandles, constant = fixedHandles, results = resultHandles)
                    {
                        var status = Native.sequence_function_apply(
                            name, Callbacks.Hold(this), &Backwards.Run, &Callbacks.Release, context.MaterializeGrads ? 1 : 0,
                            from, inputHandles.Length, to, outputHandles.Length, saved, savedHandles.Length,
                            dirty, dirtyHandles.Length, constant, fixedHandles.Length, results);
                        if (status < 0)
                            throw Failure.Exception(status, CallText.Of(name, [.. inputs.Select(input => (Argument)input)]));
                    }

                    GC.KeepAlive((inputs, outputs, context.ToSave));
                    context.EndForward();
                    return [.. resultHandles.Select(handle => handle == 0 ? null! : new Tensor(handle))];
                }

                public void Run(IntPtr node, ReadOnlySpan<IntPtr> grads, Span<IntPtr> results)
                {
                    using var scope = NewDisposeScope();
                    var given = new List<Tensor>(grads.Length);
                    foreach (var grad in grads)
                        given.Add(grad == 0 ? null! : new Tensor(Native.sequence_tensor_share(grad)));

                    using var backward = context.BeginBackward(node);
                    var found = function.backward_internal(context, given);
                    if (found is null || found.Count != isTensor.Length)
                    {
                        throw new InvalidOperationException(
                            $"the backward of {function.Name} returned {found?.Count ?? 0} gradient(s), but its forward takes {isTensor.Length} argument(s): " +
                            "return one entry an argument, null for those without a gradient");
                    }

                    var next = 0;
                    for (var i = 0; i < isTensor.Length; i++)
                    {
                        if (isTensor[i])
                            results[next++] = found[i] is null ? 0 : Native.sequence_tensor_share(found[i].Handle);
                        else if (found[i] is not null)
                            throw new InvalidOperationException($"the backward of {function.Name} returned a gradient for argument {i + 1} of its forward, which is no tensor: return null there");
                    }

                    GC.KeepAlive(found);
                }
            }
        }

        /// <summary>A custom function with one output.</summary>
        public abstract class SingleTensorFunction<T> : Function<T> where T : SingleTensorFunction<T>, new()
        {
            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            public static Tensor apply(params object[] vars) => apply_internal(vars)[0];

            internal sealed override List<Tensor> forward_internal(AutogradContext ctx, object[] vars) => [forward(ctx, vars)];

            internal sealed override List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs) => backward(ctx, grad_outputs[0]);
        }

        /// <summary>A custom function with any number of outputs.</summary>
        public abstract class MultiTensorFunction<T> : Function<T> where T : MultiTensorFunction<T>, new()
        {
            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            public static List<Tensor> apply(params object[] vars) => apply_internal(vars);

            internal sealed override List<Tensor> forward_internal(AutogradContext ctx, object[] vars) => forward(ctx, vars);

            internal sealed override List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs) => backward(ctx, grad_outputs);
        }

        private interface IBackward
        {
            void Run(IntPtr node, ReadOnlySpan<IntPtr> grads, Span<IntPtr> results);
        }

        // Where native code enters. Nothing may be thrown across: the exception goes back as a handle.
        private static class Backwards
        {
            [UnmanagedCallersOnly]
            internal static IntPtr Run(IntPtr context, IntPtr node, IntPtr* grads, int gradCount, IntPtr* results, int inputCount)
            {
                try
                {
                    Callbacks.Held<IBackward>(context).Run(node, new ReadOnlySpan<IntPtr>(grads, gradCount), new Span<IntPtr>(results, inputCount));
                    return 0;
                }
                catch (Exception exception)
                {
                    for (var i = 0; i < inputCount; i++)
                    {
                        if (results[i] != 0)
                            Native.sequence_tensor_release(results[i]);
                        results[i] = 0;
                    }

                    return Callbacks.Hold(exception);
                }
            }
        }
    }
}
