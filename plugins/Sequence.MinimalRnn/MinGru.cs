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

namespace Sequence.MinimalRnn;

/// <summary>What g is in <see cref="MinGru"/>.</summary>
public enum Candidate
{
    /// <summary>x + 0.5 from 0 on, sigmoid(x) below: positive, as the paper's form in logarithms needs it.</summary>
    Positive,

    /// <summary>x, as in the paper's first form.</summary>
    Plain,
}

/// <summary>Options of <see cref="MinGru"/>.</summary>
public sealed record MinGruOptions
{
    /// <summary>E / D, the width of the state as a multiple of the model width; E is rounded up.</summary>
    [Range(0.125, 64.0)]
    public double Expansion { get; init; } = 1;

    /// <summary>What the state takes in.</summary>
    public Candidate Candidate { get; init; } = Candidate.Positive;

    /// <summary>Taps of a short convolution in front, which the paper's language models have with 4; null for none.</summary>
    [Range(1, 64)]
    public int? Taps { get; init; }
}

/// <summary>
/// minGRU (Feng et al., arXiv 2410.01201): a gated recurrent unit whose gate and candidate do not look at the state.
/// <code>
/// z_t = sigmoid(W_z x_t + b_z)                 [B, T, E]  how much is replaced
/// c_t = g(W_h x_t + b_h)                       [B, T, E]  candidate
/// h_t = (1 - z_t) h_(t-1) + z_t c_t            [B, T, E]  elementwise, h_(-1) = 0
/// y_t = h_t, or W_o h_t where E is not D       [B, T, D]
/// </code>
/// An affine recurrence with E_t = 1 - z_t, diagonal and real, and f_t = z_t c_t. The state is h, E numbers a row in float32 or wider.
/// </summary>
public sealed class MinGru : AffineLayer<Decay, TensorState>, IInPlaceLayer<TensorState>
{
    [ComponentName(Name = "convolution")]
    private readonly ShortConvolution? _convolution;

    // W_z and W_h, one product
    [ComponentName(Name = "projection")]
    private readonly Linear _projection;

    [ComponentName(Name = "output")]
    private readonly Linear? _output;

    private readonly Candidate _candidate;

    /// <summary>All maps start as the library's linear layers do: uniform within 1 / sqrt(fan in).</summary>
    public MinGru(MinGruOptions options, int width) : base("mingru")
    {
        var inner = (long)Math.Ceiling(options.Expansion * width);
        _candidate = options.Candidate;
        _convolution = options.Taps is { } taps ? new ShortConvolution(width, taps) : null;
        _projection = nn.Linear(width, 2 * inner);
        _output = inner == width ? null : nn.Linear(inner, width, hasBias: false);
        RegisterComponents();
    }

    private long Inner => _projection.out_features / 2;

    private ScalarType StateType => StateElement.Of(_projection.weight!.dtype);

    /// <inheritdoc/>
    public override TensorState Start(int batch) => new(zeros(batch, 1, Inner, StateType, _projection.weight!.device));

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> CreateWindows(int batch) => _convolution is null ? [] : [_convolution.CreateWindow(batch)];

    /// <inheritdoc/>
    public override IAffineSteps<Decay, TensorState> Steps(Tensor x, SequenceContext context, RecentInputs recent)
    {
        var u = _convolution is null ? x : _convolution.Forward(x, context, recent);
        var T = x.shape[1];
        return new GatedSteps(
            _projection.forward(u), _candidate == Candidate.Positive, context.RealStarts(T, x.device), context.Padding(T, x.device), h => ReadOut(h.to(x.dtype)));
    }

    private Tensor ReadOut(Tensor h) => _output is null ? h : _output.forward(h);

    /// <inheritdoc/>
    public void Step(Tensor x, TensorState state, IReadOnlyList<Tensor> windows, Tensor output)
    {
        using var work = Workspace.Open();
        var u = Vectors.Of(x);
        var parts = work.Map(_projection, _convolution is null ? u : _convolution.Step(work, u, windows[0]));
        var E = parts.Width / 2;
        var c = parts.Slice(E, E);
        var h = Vectors.Of(state.Values).Gate(parts.Slice(0, E), _candidate == Candidate.Plain ? c : c.Positive());
        if (_output is null)
            h.CopyTo(Vectors.Of(output));
        else
            LinearMaps.Map(_output, h, Vectors.Of(output));
    }
}

/// <summary>Makes <see cref="MinGru"/>.</summary>
public sealed class MinGruFactory : IComponentFactory<ScanLayer, MinGruOptions>
{
    /// <inheritdoc/>
    public string Name => "mingru";

    /// <inheritdoc/>
    public string Description => "minGRU: a gated recurrent unit whose gates look at the token alone (arXiv 2410.01201).";

    /// <inheritdoc/>
    public ScanLayer Create(MinGruOptions options, ComponentContext context) => new MinGru(options, context.Width);
}
