using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>
/// Runs an affine recurrence as a mixer. Forward and Advance are the same scan, from zero or from the state; the state is s and the windows of
/// short convolutions, whatever was seen.
/// </summary>
public sealed class AffineScanMixer<TTransition, TState> : SequenceMixer, IScheduledMixer, IInPlaceStep, ITensorStep
    where TTransition : ITransition<TTransition, TState>
    where TState : IAffineState<TState>
{
    [ComponentName(Name = "layer")]
    private readonly AffineLayer<TTransition, TState> _layer;

    /// <summary>Takes over <paramref name="layer"/>.</summary>
    public AffineScanMixer(AffineLayer<TTransition, TState> layer) : base(layer.GetName())
    {
        _layer = layer;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public ScanLayer Layer => _layer;

    /// <inheritdoc/>
    public ScanSchedule Schedule { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<ScanSchedule> Schedules { get; } = Enum.GetValues<ScanSchedule>();

    /// <inheritdoc/>
    public override StateCost Cost
    {
        get
        {
            using var scope = NewDisposeScope();
            using var state = CreateState(1);
            return new(StateGrowth.Constant, state.Bytes);
        }
    }

    /// <inheritdoc/>
    public string? StepRefusal => _layer is not IInPlaceLayer<TState>
        ? $"{GetName()} has no step in place"
        : Schedule == ScanSchedule.Auto ? null : $"{GetName()} runs under the schedule {Schedule.ToString().ToLowerInvariant()}";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        using var scope = NewDisposeScope();
        var start = _layer.Start((int)x.shape[0]);
        return AffineScan.Run(_layer.Steps(x, context, RecentInputs.None), start, Schedule).Output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override MixerState CreateState(int batch)
    {
        using var gradients = no_grad();
        return new AffineScanState<TState>(new long[batch], _layer.Start(batch), _layer.CreateWindows(batch));
    }

    /// <inheritdoc/>
    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
    {
        using var scope = NewDisposeScope();
        var past = (AffineScanState<TState>)state;
        var recent = RecentInputs.After(past.Windows);
        var (y, last) = AffineScan.Run(_layer.Steps(x, context, recent), past.State, Schedule);
        past.Become(last, recent.Windows, context, x.shape[1]);
        return y.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Step(Tensor x, MixerState state, Tensor output)
    {
        var past = (AffineScanState<TState>)state;
        past.Settle();
        ((IInPlaceLayer<TState>)_layer).Step(x, past.State, past.Windows, output);
        past.Stepped();
    }
}
