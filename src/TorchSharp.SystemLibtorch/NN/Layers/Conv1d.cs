using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Cross-correlation over time: [B, in, T] -> [B, out, T'], with weight [out, in / groups, kernel].</summary>
    public sealed class Conv1d : nn.Module<Tensor, Tensor>
    {
        private Parameter _weight;
        private Parameter? _bias;

        internal Conv1d(Parameter weight, Parameter? bias) : base(nameof(Conv1d))
        {
            _weight = weight;
            this.weight = weight;
            this.bias = bias;
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

        public long in_channels => _weight.shape[1] * groups;

        public long out_channels => _weight.shape[0];

        public long[] kernel_size => [_weight.shape[2]];

        public long[] stride { get; internal init; } = [1];

        public long[] dilation { get; internal init; } = [1];

        public long groups { get; internal init; } = 1;

        /// <summary>Positions added at each end; unused where <see cref="padding_type"/> is set.</summary>
        public long[] padding { get; internal init; } = [0];

        public Padding? padding_type { get; internal init; }

        public PaddingModes padding_mode { get; internal init; }

        public override Tensor forward(Tensor input)
        {
            if (padding_mode == PaddingModes.Zeros && padding_type is { } type)
                return nn.functional.conv1d_padding(input, _weight, _bias, stride[0], type, dilation[0], groups);
            if (padding_mode == PaddingModes.Zeros)
                return nn.functional.conv1d(input, _weight, _bias, stride[0], padding[0], dilation[0], groups);

            using var padded = nn.functional.pad(input, Ends, padding_mode);
            return nn.functional.conv1d(padded, _weight, _bias, stride[0], 0, dilation[0], groups);
        }

        protected override void RegisterComponents()
        {
            // registered by the constructor
        }

        /// <summary>How many positions the padding adds before and after.</summary>
        private (long before, long after) Ends
        {
            get
            {
                if (padding_type is null)
                    return (padding[0], padding[0]);
                var total = padding_type == Padding.Same ? dilation[0] * (kernel_size[0] - 1) : 0;
                return (total / 2, total - total / 2);
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Conv1d Conv1d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
            {
                var (weight, shift) = ConvolutionParameters(in_channels, out_channels, kernel_size, groups, bias, device, dtype);
                return new(weight, shift) { stride = [stride], padding = [padding], dilation = [dilation], groups = groups, padding_mode = padding_mode };
            }

            public static Conv1d Conv1d(
                long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
            {
                if (padding == Padding.Same && stride != 1)
                    throw new ArgumentException("Padding.Same keeps the length, which a stride other than 1 cannot.", nameof(padding));
                var (weight, shift) = ConvolutionParameters(in_channels, out_channels, kernel_size, groups, bias, device, dtype);
                return new(weight, shift) { stride = [stride], padding_type = padding, dilation = [dilation], groups = groups, padding_mode = padding_mode };
            }

            private static (Parameter weight, Parameter? bias) ConvolutionParameters(
                long inChannels, long outChannels, long kernel, long groups, bool bias, Device? device, ScalarType? dtype)
            {
                if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0)
                    throw new ArgumentException($"{inChannels} and {outChannels} channels do not both divide into {groups} groups.", nameof(groups));
                var fanIn = inChannels / groups * kernel;
                var weight = LayerInit.FanInUniform([outChannels, inChannels / groups, kernel], fanIn, device, dtype);
                return (weight, bias ? LayerInit.FanInUniform([outChannels], fanIn, device, dtype) : null);
            }
        }
    }
}
