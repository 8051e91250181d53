using Sequence.Kernels.Registry;
using Sequence.Mixers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Fixtures.TinyRuns;

/// <summary>h_t = a h_(t-1) + W x_t with a = sigmoid(decay), output h_t: the smallest mixer with a memory.</summary>
public sealed class LeakyMixer : SequenceMixer
{
    private readonly Linear _inward;
    private readonly Parameter _decay;
    private readonly int _width;

    public LeakyMixer(int width) : base("leaky")
    {
        _width = width;
        _inward = nn.Linear(width, width);
        _decay = new Parameter(zeros(width).DetachFromDisposeScope());
        RegisterComponents();
    }

    public override StateCost Cost => new(StateGrowth.Constant, sizeof(float) * _width);

    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        using var scope = NewDisposeScope();
        FormRecord.Note("loop over time");
        return Fold(x, zeros(x.shape[0], _width, device: x.device), context).Outputs.MoveToOuterDisposeScope();
    }

    public override MixerState CreateState(int batch) => new State(new long[batch], zeros(batch, _width, device: _decay.device));

    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
    {
        using var scope = NewDisposeScope();
        var (outputs, last) = Fold(x, state.Tensors[0], context);
        state.Tensors[0].copy_(last);
        for (var row = 0; row < state.Batch; row++)
            state.Positions[row] += context.LengthOf(row, x.shape[1]);
        return outputs.MoveToOuterDisposeScope();
    }

    private (Tensor Outputs, Tensor Last) Fold(Tensor x, Tensor h, SequenceContext context)
    {
        var a = _decay.sigmoid();
        var inputs = _inward.call(x);
        var outputs = new Tensor[x.shape[1]];
        var lengths = tensor(Enumerable.Range(0, (int)x.shape[0]).Select(row => context.LengthOf(row, outputs.Length)).ToArray(), device: x.device).unsqueeze(-1);
        for (var t = 0; t < outputs.Length; t++)
            outputs[t] = h = where(lengths > t, a * h + inputs.select(1, t), h);
        return (stack(outputs, 1), h);
    }

    private sealed class State(long[] positions, Tensor h) : MixerState(positions)
    {
        public override IReadOnlyList<Tensor> Tensors { get; } = [Own(h)];

        public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new State(positions, tensors[0]);
    }
}
