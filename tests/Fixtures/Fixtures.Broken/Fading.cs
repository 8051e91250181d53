using Sequence.Kernels.Affine;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Fixtures.Broken;

/// <summary>
/// <see cref="Leaky"/> written as an affine recurrence, with a closed form; sound unless one of its parts is replaced.
/// <code>
/// s_t = a s_(t-1) + W x_t + b,  a = sigmoid(decay);        y_t = s_t        [B, T, D]
/// </code>
/// </summary>
internal sealed class Fading<TTransition> : AffineLayer<TTransition, TensorState>, IInPlaceLayer<TensorState>
    where TTransition : ITransition<TTransition, TensorState>
{
    [ComponentName(Name = "inward")]
    private readonly Linear _inward;

    [ComponentName(Name = "decay")]
    private readonly Parameter _decay;

    private readonly Func<Tensor, TTransition> _transition;

    /// <summary>A transition made from the factors E [B, T, D].</summary>
    public Fading(int width, Func<Tensor, TTransition> transition) : base("fading")
    {
        _transition = transition;
        _inward = nn.Linear(width, width);
        _decay = new Parameter(zeros(width).DetachFromDisposeScope());
        RegisterComponents();
    }

    /// <summary>How much of s the closed form keeps of what it should.</summary>
    public double ClosedFormKeeps { get; init; } = 1;

    /// <summary>How much of s the step in place keeps of what it should.</summary>
    public double StepKeeps { get; init; } = 1;

    public override TensorState Start(int batch) => new(zeros([batch, 1, _inward.out_features], _decay.dtype, _decay.device));

    public override IAffineSteps<TTransition, TensorState> Steps(Tensor x, SequenceContext context, RecentInputs recent)
    {
        var input = _inward.forward(x);
        var keep = _decay.sigmoid().expand_as(input);
        if (context.Starts is { } starts)
            keep = keep.masked_fill(starts.unsqueeze(-1), 0);
        if (context.Lengths is { } lengths)
        {
            var columns = arange(x.shape[1], device: x.device).unsqueeze(0);
            var padding = (columns >= tensor(lengths.ToArray()).to(x.device).unsqueeze(1)).unsqueeze(-1);
            (keep, input) = (keep.masked_fill(padding, 1), input.masked_fill(padding, 0));
        }

        return new StepsOf(_transition(keep), new TensorState(input), keep * ClosedFormKeeps);
    }

    public void Step(Tensor x, TensorState state, IReadOnlyList<Tensor> windows, Tensor output)
    {
        using var scope = NewDisposeScope();
        output.copy_(StepKeeps * _decay.sigmoid() * state.Values.squeeze(1) + _inward.forward(x));
        state.Values.copy_(output.unsqueeze(1));
    }

    private sealed record StepsOf(TTransition Transition, TensorState Input, Tensor Keep) : IAffineSteps<TTransition, TensorState>, IClosedForm<TensorState>
    {
        public Tensor ReadOut(TensorState states) => states.Values;

        public (Tensor Output, TensorState Last) Run(TensorState before)
        {
            var s = before.Values.squeeze(1);
            var states = new List<Tensor>();
            for (var t = 0L; t < Keep.shape[1]; t++)
                states.Add(s = Keep.select(1, t) * s + Input.Values.select(1, t));
            return (stack(states, 1), new(s.unsqueeze(1)));
        }
    }
}
