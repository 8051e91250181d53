using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module registers as its own and an optimizer trains.</summary>
    public class Parameter : torch.Tensor
    {
        /// <summary>Takes over <paramref name="data"/>, storage and dispose scope; <paramref name="data"/> cannot be used afterwards.</summary>
        public Parameter(torch.Tensor data, bool requires_grad = true) : base(data.DecoupleFromNativeHandle())
        {
            if (this.requires_grad != requires_grad)
                requires_grad_(requires_grad);
        }
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
