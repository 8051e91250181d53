using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module registers as its own and an optimizer trains.</summary>
    public class Parameter : torch.Tensor
    {
        /// <summary>
        /// Takes over <paramref name="data"/>, storage and place in a dispose scope; <paramref name="data"/> cannot be used
        /// afterwards. A parameter is always a leaf: how its data was computed is forgotten.
        /// </summary>
        public Parameter(torch.Tensor data, bool requires_grad = true) : this(Leaf(data), data.Scope, requires_grad)
        {
        }

        private Parameter(torch.Tensor data, DisposeScope? scope, bool requires_grad) : base(data.DecoupleFromNativeHandle())
        {
            MoveToOtherDisposeScope(scope);
            if (this.requires_grad != requires_grad)
                this.requires_grad = requires_grad;
        }

        private static torch.Tensor Leaf(torch.Tensor data) => data.is_leaf ? data : data.detach_();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <inheritdoc cref="Modules.Parameter(Tensor, bool)"/>
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
