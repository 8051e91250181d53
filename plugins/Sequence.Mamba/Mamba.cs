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

/// <summary>Options of <see cref="Mamba"/>.</summary>
public sealed record MambaOptions
{
    /// <summary>E / D, the inner width as a multiple of the model width.</summary>
    [Range(1, 16)]
    public int Expansion { get; init; } = 2;

    /// <summary>N, the states of a channel.</summary>
    [Range(1, 1_024)]
    public int StateSize { get; init; } = 16;

    /// <summary>w, the taps of the short convolution; 1 looks at no other token.</summary>
    [Range(1, 64)]
    public int Taps { get; init; } = 4;

    /// <summary>R, the rank of the map to step sizes; null for D / 16, rounded up.</summary>
    [Range(1, 65_536)]
    public int? StepRank { get; init; }

    /// <summary>The shortest step size at the start.</summary>
    [Range(1e-6, 10.0)]
    public double ShortestStep { get; init; } = 1e-3;

    /// <summary>The longest step size at the start.</summary>
    [Range(1e-6, 10.0)]
    public double LongestStep { get; init; } = 0.1;
}

/// <summary>
/// Mamba (S6; Gu and Dao, arXiv 2312.00752): a diagonal state space a channel, whose step sizes, inputs and read-outs the tokens select.
/// <code>
/// (v_t, z_t)      = W_in x_t                                 [B, T, E] each      input and gate
/// u_t             = silu(conv_w(v)_t)                        [B, T, E]           causal, depthwise
/// (r_t, B_t, C_t) = W_x u_t                                  [B, T, R], [B, T, N], [B, T, N]
/// dt_t            = softplus(W_dt r_t + b_dt)                [B, T, E]           step sizes
/// h_t             = e^(dt_t A) h_(t-1) + dt_t u_t B_t        [B, T, N, E]        A = -e^(A_log) [N, E]
/// y_t             = W_out ((C_t . h_t + D u_t) silu(z_t))    [B, T, D]           sum over N; D [E]
/// </code>
/// An affine recurrence with E_t = e^(dt_t A), diagonal and real, and f_t = dt_t u_t B_t. The state is h, N E numbers a row in float32 or wider, and
/// the last w - 1 of v.
/// </summary>
public sealed class Mamba : AffineLayer<Decay, TensorState>, IInPlaceLayer<TensorState>
{
    [ComponentName(Name = "input")]
    private readonly Linear _input;

    [ComponentName(Name = "convolution")]
    private readonly ShortConvolution _convolution;

    // W_x: r, B and C, one product
    [ComponentName(Name = "select")]
    private readonly Linear _select;

    [ComponentName(Name = "step")]
    private readonly Linear _step;

    // [N E], one row: weight decay is for matrices, and would pull every A_n to -1
    [ComponentName(Name = "a_log")]
    private readonly Parameter _aLog;

    [ComponentName(Name = "skip")]
    private readonly Parameter _skip;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    private readonly long _inner, _states, _rank;

    /// <summary>
    /// A_n = -(n + 1) in every channel (S4D-real), D = 1, W_dt uniform within 1 / sqrt(R), softplus(b_dt) log-uniform between the step sizes of the options;
    /// the other maps start as the library's linear layers do.
    /// </summary>
    /// <exception cref="ArgumentException">The shortest step is longer than the longest.</exception>
    public Mamba(MambaOptions options, int width) : base("mamba")
    {
        StepBias.Check(options.ShortestStep, options.LongestStep);
        (_inner, _states, _rank) = (options.Expansion * width, options.StateSize, options.StepRank ?? (width + 15) / 16);
        _input = nn.Linear(width, 2 * _inner, hasBias: false);
        _convolution = new ShortConvolution(_inner, options.Taps);
        _select = nn.Linear(_inner, _rank + 2 * _states, hasBias: false);
        _step = nn.Linear(_rank, _inner);
        _output = nn.Linear(_inner, width, hasBias: false);
        using (no_grad())
        using (NewDisposeScope())
        {
            var bound = 1 / Math.Sqrt(_rank);
            _step.weight!.uniform_(-bound, bound);
            _step.bias!.copy_(StepBias.Draw(_inner, options.ShortestStep, options.LongestStep));
            var n = arange(1, _states + 1, float32).unsqueeze(1);
            _aLog = new Parameter(n.log().repeat(1, _inner).flatten().DetachFromDisposeScope());
            _skip = new Parameter(ones(_inner).DetachFromDisposeScope());
        }

        RegisterComponents();
    }

    private ScalarType StateType => StateElement.Of(_aLog.dtype);

    /// <inheritdoc/>
    public override TensorState Start(int batch) => new(zeros(batch, 1, _states, _inner, StateType, _aLog.device));

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> CreateWindows(int batch) => [_convolution.CreateWindow(batch)];

    /// <inheritdoc/>
    public override IAffineSteps<Decay, TensorState> Steps(Tensor x, SequenceContext context, RecentInputs recent)
    {
        var vz = _input.forward(x).chunk(2, -1);
        var (v, z) = (vz[0], vz[1]);
        var u = _convolution.Forward(v, context, recent, silu: true);
        var rBC = _select.forward(u).split([_rank, _states, _states], -1);
        var s = nn.functional.linear(rBC[0], _step.weight!);
        var A = -_aLog.view(_states, _inner).to(StateType).exp();
        var (starts, padding) = (context.RealStarts(x.shape[1], x.device), context.Padding(x.shape[1], x.device));
        var inputs = new GatedSelectiveInputs(s, _step.bias!, A, u, z, rBC[1], rBC[2], _skip, starts, padding);
        return new SelectiveSteps(inputs, _output.forward);
    }

    /// <inheritdoc/>
    public void Step(Tensor x, TensorState state, IReadOnlyList<Tensor> windows, Tensor output)
    {
        using var work = Workspace.Open();
        var vz = work.Map(_input, Vectors.Of(x));
        var u = _convolution.Step(work, vz.Slice(0, (int)_inner), windows[0]).Silu();
        var rBC = work.Map(_select, u);
        var B = rBC.Slice((int)_rank, (int)_states);
        var C = rBC.Slice((int)(_rank + _states), (int)_states);
        var dt = work.Map(_step, rBC.Slice(0, (int)_rank)).Softplus();
        var y = SelectiveStep.Run(dt, _aLog, u, B, C, _skip, state.Values);
        LinearMaps.Map(_output, y.TimesSilu(vz.Slice((int)_inner, (int)_inner)), Vectors.Of(output));
    }
}

/// <summary>Makes <see cref="Mamba"/>.</summary>
public sealed class MambaFactory : IComponentFactory<ScanLayer, MambaOptions>
{
    /// <inheritdoc/>
    public string Name => "mamba";

    /// <inheritdoc/>
    public string Description => "Mamba (S6): a diagonal state space a channel, selected by the tokens (arXiv 2312.00752).";

    /// <inheritdoc/>
    public ScanLayer Create(MambaOptions options, ComponentContext context) => new Mamba(options, context.Width);
}
