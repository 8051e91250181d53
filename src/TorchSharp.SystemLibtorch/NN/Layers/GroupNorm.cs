using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Normalises [B, C, *] over groups of channels and all positions, then scales and shifts each channel.</summary>
    public sealed class GroupNorm : nn.Module<Tensor, Tensor>
    {
        private Parameter? _weight;
        private Parameter? _bias;

        internal GroupNorm(long groups, double eps, Parameter? weight, Parameter? bias) : base(nameof(GroupNorm))
        {
            num_groups = groups;
            this.eps = eps;
            _weight = weight;
            ConditionallyRegisterParameter(nameof(weight), weight);
            this.bias = bias;
        }

        /// <summary>The scale of each element; null, for all the type says, in a layer made without.</summary>
        public Parameter weight
        {
            get => _weight!;
            set
            {
                _weight = value;
                ConditionallyRegisterParameter(nameof(weight), value);
            }
        }

        public Parameter? bias
        {
            get => _bias;
            set
            {
                _bias = value;
                ConditionallyRegisterParameter(nameof(bias), value);
            }
        }

        public long num_groups { get; set; }

        public double eps { get; set; }

        public bool affine => _weight is not null;

        public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, _weight, _bias, eps);

        protected override void RegisterComponents()
        {
            // registered by the constructor
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static GroupNorm GroupNorm(
                long num_groups, long num_channels, double eps = 1E-05, bool affine = true, Device? device = null, ScalarType? dtype = null)
            {
                if (num_channels % num_groups != 0)
                    throw new ArgumentException($"{num_channels} channels do not divide into {num_groups} groups.", nameof(num_groups));
                return new(num_groups, eps,
                    affine ? LayerInit.Constant(1, [num_channels], device, dtype) : null,
                    affine ? LayerInit.Constant(0, [num_channels], device, dtype) : null);
            }
        }
    }
}
