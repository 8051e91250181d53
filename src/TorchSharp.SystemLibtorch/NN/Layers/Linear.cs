using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary><c>y = x W^T + b</c>, [*, in] -> [*, out], with W [out, in] and b [out].</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        private Parameter _weight;
        private Parameter? _bias;

        internal Linear(Parameter weight, Parameter? bias) : base(nameof(Linear))
        {
            _weight = weight;
            _bias = bias;
            ConditionallyRegisterParameter(nameof(weight), weight);
            ConditionallyRegisterParameter(nameof(bias), bias);
        }

        public Parameter weight
        {
            get => _weight;
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

        public long in_features => _weight.shape[1];

        public long out_features => _weight.shape[0];

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, _weight, _bias);

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
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
            {
                var weight = LayerInit.FanInUniform([outputSize, inputSize], inputSize, device, dtype);
                return new Linear(weight, hasBias ? LayerInit.FanInUniform([outputSize], inputSize, device, dtype) : null);
            }

            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);
        }
    }
}
