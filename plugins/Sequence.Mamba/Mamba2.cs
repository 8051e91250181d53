using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Kernels.Steps;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Mamba;

/// <summary>Options of <see cref="Mamba2"/>.</summary>
public sealed record Mamba2Options
{
    /// <summary>E / D, the inner width as a multiple of the model width.</summary>
    [Range(1, 16)]
    public int Expansion { get; init; } = 2;

    /// <summary>P, the channels of a head; divides E.</summary>
    [Range(1, 4_096)]
    public int HeadWidth { get; init; } = 64;

    /// <summary>N, the states of a channel.</summary>
    [Range(1, 4_096)]
    public int StateSize { get; init; } = 128;

    /// <summary>G, the groups of heads that share what writes and what reads; divides the heads.</summary>
    [Range(1, 1_024)]
    public int Groups { get; init; } = 1;

    /// <summary>w, the taps of the short convolution; 1 looks at no other token.</summary>
    [Range(1, 64)]
    public int Taps { get; init; } = 4;

    /// <summary>The shortest step size at the start.</summary>
    [Range(1e-6, 10.0)]
    public double ShortestStep { get; init; } = 1e-3;

    /// <summary>The longest step size at the start.</summary>
    [Range(1e-6, 10.0)]
    public double LongestStep { get; init; } = 0.1;
}

/// <summary>
/// Mamba-2 (SSD; Dao and Gu, arXiv 2405.21060): selective state spaces with one decay a head, H = E / P of them, which makes each a linear attention that
/// forgets.
/// <code>
/// (z_t, v_t, s_t) = W_in x_t                                 [B, T, E], [B, T, E + 2 G N], [B, T, H]
/// (u_t, B_t, C_t) = silu(conv_w(v)_t)                        [B, T, H, P], [B, T, G, N], [B, T, G, N]     causal, depthwise
/// dt_t            = softplus(s_t + b_dt)                     [B, T, H]              step sizes
/// S_t             = e^(dt_t A) S_(t-1) + B_t (dt_t u_t)^T    [B, T, H, N, P]        A = -e^(A_log) [H]
/// r_t             = S_t^T C_t + D u_t                        [B, T, H, P]           D [H]
/// y_t             = W_out norm(r_t silu(z_t))                [B, T, D]              root mean square of each group
/// </code>
/// An affine recurrence with E_t = e^(dt_t A), a number a head, and f_t = B_t (dt_t u_t)^T. The state is S, N E numbers a row in float32 or wider,
/// and the last w - 1 of v.
/// </summary>
public sealed class Mamba2 : AffineLayer<Decay, TensorState>, IInPlaceLayer<TensorState>
{
    [ComponentName(Name = "input")]
    private readonly Linear _input;

    [ComponentName(Name = "convolution")]
    private readonly ShortConvolution _convolution;

    [ComponentName(Name = "step_bias")]
    private readonly Parameter _stepBias;

    [ComponentName(Name = "a_log")]
    private readonly Parameter _aLog;

    [ComponentName(Name = "skip")]
    private readonly Parameter _skip;

    [ComponentName(Name = "norm")]
    private readonly GatedRmsNorm _norm;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    private readonly long _inner, _heads, _states, _groups;

    /// <summary>
    /// A uniform in [-16, -1], D = 1, softplus(b_dt) log-uniform between the step sizes of the options; the maps start as the library's linear layers do.
    /// </summary>
    /// <exception cref="ArgumentException">The heads do not divide the inner width or the groups the heads, or the shortest step is longer than the longest.</exception>
    public Mamba2(Mamba2Options options, int width) : base("mamba2")
    {
        _inner = options.Expansion * width;
        if (_inner % options.HeadWidth != 0)
            throw new ArgumentException($"headWidth: {options.HeadWidth} does not divide the inner width {_inner} (expansion {options.Expansion} x width {width}).");
        (_heads, _states, _groups) = (_inner / options.HeadWidth, options.StateSize, options.Groups);
        if (_heads % _groups != 0)
            throw new ArgumentException($"groups: {_groups} does not divide the {_heads} heads.");
        StepBias.Check(options.ShortestStep, options.LongestStep);

        var convolved = _inner + 2 * _groups * _states;
        _input = nn.Linear(width, _inner + convolved + _heads, hasBias: false);
        _convolution = new ShortConvolution(convolved, options.Taps);
        _norm = new GatedRmsNorm(_inner, _groups);
        _output = nn.Linear(_inner, width, hasBias: false);
        using (no_grad())
        {
            _stepBias = new Parameter(StepBias.Draw(_heads, options.ShortestStep, options.LongestStep).DetachFromDisposeScope());
            _aLog = new Parameter(empty(_heads).uniform_(1, 16).log_().DetachFromDisposeScope());
            _skip = new Parameter(ones(_heads).DetachFromDisposeScope());
        }

        RegisterComponents();
    }

    private ScalarType StateType => StateElement.Of(_aLog.dtype);

    /// <inheritdoc/>
    public override TensorState Start(int batch) => OuterProductSteps.Start(batch, _heads, _states, _inner / _heads, StateType, _aLog.device);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> CreateWindows(int batch) => [_convolution.CreateWindow(batch)];

    /// <inheritdoc/>
    public override IAffineSteps<Decay, TensorState> Steps(Tensor x, SequenceContext context, RecentInputs recent)
    {
        var grouped = _groups * _states;
        var zvs = _input.forward(x).split([_inner, _inner + 2 * grouped, _heads], -1);
        var (z, v, s) = (zvs[0], zvs[1], zvs[2]);
        var uBC = nn.functional.silu(_convolution.Forward(v, context, recent)).to(StateType).split([_inner, grouped, grouped], -1);
        var u = unflatten(uBC[0], -1, _heads, -1);
        var (B, C) = (OfHeads(uBC[1]), OfHeads(uBC[2]));
        var dt = nn.functional.softplus(s.to(StateType) + _stepBias).unsqueeze(-1);
        var log = dt * -_aLog.to(StateType).exp().unsqueeze(-1);
        return OuterProductSteps.Of(C, B, dt * u, log, context, read =>
        {
            var r = (read + _skip.unsqueeze(-1) * u).flatten(-2, -1);
            return _output.forward(_norm.Forward(r, z).to(x.dtype));
        });
    }

    /// <inheritdoc/>
    public void Step(Tensor x, TensorState state, IReadOnlyList<Tensor> windows, Tensor output)
    {
        using var work = Workspace.Open();
        var (E, H, shared) = ((int)_inner, (int)_heads, (int)(_groups * _states));
        var zvs = work.Map(_input, Vectors.Of(x));
        var uBC = _convolution.Step(work, zvs.Slice(E, E + 2 * shared), windows[0]).Silu();
        var u = uBC.Slice(0, E);
        var dt = zvs.Slice(2 * E + 2 * shared, H).Plus(Vectors.Shared(_stepBias)).Softplus();
        var w = HeadColumns.Scale(work.Copy(u), dt);
        var decay = work.Copy(dt).Decay(Vectors.Shared(_aLog));
        var r = OuterProductStep.Run(uBC.Slice(E + shared, shared), uBC.Slice(E, shared), w, decay, state.Values, H);
        r.Plus(HeadColumns.Scale(u, Vectors.Shared(_skip)));
        LinearMaps.Map(_output, _norm.Step(r, zvs.Slice(0, E)), Vectors.Of(output));
    }

    /// <summary>What the groups share, spread over heads: [B, T, G N] -> [B, T, H, N], or [B, T, 1, N] for one group.</summary>
    private Tensor OfHeads(Tensor shared)
    {
        var groups = unflatten(shared, -1, _groups, -1);
        return _groups == 1 ? groups : groups.unsqueeze(3).expand(-1, -1, -1, _heads / _groups, -1).flatten(2, 3);
    }
}

/// <summary>Makes <see cref="Mamba2"/>.</summary>
public sealed class Mamba2Factory : IComponentFactory<ScanLayer, Mamba2Options>
{
    /// <inheritdoc/>
    public string Name => "mamba2";

    /// <inheritdoc/>
    public string Description => "Mamba-2 (SSD): selective state spaces with one decay a head (arXiv 2405.21060).";

    /// <inheritdoc/>
    public ScanLayer Create(Mamba2Options options, ComponentContext context) => new Mamba2(options, context.Width);
}
