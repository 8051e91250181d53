using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Leaves, gradients and backward.
    public unsafe partial class Tensor
    {
        public bool requires_grad
        {
            get => Describe().Has(TensorFlags.RequiresGrad);
            set
            {
                var status = Native.sequence_requires_grad_set(Handle, value ? 1 : 0);
                if (status < 0)
                    throw Failure.Exception(status, $"requires_grad of {dtype}");
                GC.KeepAlive(this);
            }
        }

        /// <summary>The accumulated gradient, a new alias on every read; null where there is none. Assigning null clears it.</summary>
        public Tensor? grad
        {
            get
            {
                IntPtr found;
                Failure.Check(Native.sequence_grad_get(Handle, &found), nameof(grad));
                GC.KeepAlive(this);
                return found == 0 ? null : new Tensor(found);
            }
            set
            {
                Failure.Check(Native.sequence_grad_set(Handle, value?.Handle ?? 0), nameof(grad));
                GC.KeepAlive(value);
                GC.KeepAlive(this);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps the gradient of a tensor that is not a leaf.</summary>
        public void retain_grad()
        {
            Failure.Check(Native.sequence_retain_grad(Handle), nameof(retain_grad));
            GC.KeepAlive(this);
        }

        public Tensor detach() => Memory.Detach.Call(this);

        public Tensor detach_()
        {
            Memory.DetachInPlace.Run(this);
            return this;
        }

        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
