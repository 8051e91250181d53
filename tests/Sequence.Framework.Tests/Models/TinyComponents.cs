using Sequence.Blocks;
using Sequence.Components;
using Sequence.Mixers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>The smallest components that a model can be made of.</summary>
internal static class TinyComponents
{
    public static Component<Norm> Norm { get; } = new("scale", new object(), context => new ScaleNorm(context.Width));

    public static Component<SequenceMixer> Mixer { get; } = new("leaky-sum", new object(), context => new LeakySum(context.Width));

    public static Component<ChannelMixer> ChannelMixer { get; } = new("linear", new object(), context => new LinearMixer(context.Width));

    public static Component<ReadOut> ReadOut { get; } = new("first", new object(), _ => new FirstReadOut());

    /// <summary>A component that does not take the width it is given.</summary>
    public static Component<SequenceMixer> Picky { get; } = new("picky", new object(), _ => throw new ArgumentException("heads: 5 does not divide the model width 8."));

    private sealed class ScaleNorm : Norm
    {
        private readonly Parameter _scale;

        public ScaleNorm(int width) : base("scale")
        {
            _scale = new Parameter(ones(width).DetachFromDisposeScope());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input * _scale;
    }

    private sealed class LinearMixer : ChannelMixer
    {
        private readonly Linear _linear;

        public LinearMixer(int width) : base("linear")
        {
            _linear = nn.Linear(width, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _linear.call(input).tanh();
    }

    private sealed class FirstReadOut() : ReadOut("first")
    {
        public override Tensor Forward(Tensor x, SequenceContext context) => x.select(1, 0);
    }

    /// <summary>h_t = h_(t-1) / 2 + W x_t, restarting with documents; y_t = h_t.</summary>
    private sealed class LeakySum : SequenceMixer
    {
        private readonly Linear _linear;

        public LeakySum(int width) : base("leaky-sum")
        {
            _linear = nn.Linear(width, width);
            RegisterComponents();
        }

        public override StateCost Cost => new(StateGrowth.Constant, _linear.in_features * sizeof(float));

        public override Tensor Forward(Tensor x, SequenceContext context)
        {
            using var state = CreateState((int)x.shape[0]);
            return Advance(x, context, state);
        }

        public override MixerState CreateState(int batch) => new SumState(new long[batch], zeros(batch, _linear.in_features));

        public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
        {
            var past = (SumState)state;
            var u = _linear.call(x);
            var h = past.H.alias();
            var outputs = new List<Tensor>();
            for (var t = 0; t < x.shape[1]; t++)
            {
                var keep = context.Starts is null ? h : h.masked_fill(context.Starts.select(1, t).unsqueeze(1), 0);
                var real = tensor(Enumerable.Range(0, (int)x.shape[0]).Select(row => t < context.LengthOf(row, x.shape[1])).ToArray());
                h = where(real.unsqueeze(1), keep / 2 + u.select(1, t), h);
                outputs.Add(h);
            }

            past.Become(h, context, x.shape[1]);
            return stack(outputs, 1);
        }
    }

    private sealed class SumState : MixerState
    {
        public SumState(long[] positions, Tensor h) : base(positions) => H = Own(h);

        public Tensor H { get; private set; }

        public override IReadOnlyList<Tensor> Tensors => [H];

        public void Become(Tensor h, SequenceContext context, long time)
        {
            H.Dispose();
            H = Own(h.detach().clone());
            for (var row = 0; row < Batch; row++)
                Positions[row] += context.LengthOf(row, time);
        }

        public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new SumState(positions, tensors[0]);
    }
}
