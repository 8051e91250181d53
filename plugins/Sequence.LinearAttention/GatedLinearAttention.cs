using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Kernels.Normalization;
using Sequence.Kernels.Steps;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.LinearAttention;

/// <summary>Options of <see cref="GatedLinearAttention"/>.</summary>
public sealed record GatedLinearAttentionOptions
{
    /// <summary>Heads, H; divides the key width and the model width.</summary>
    [Range(1, 1024)]
    public int Heads { get; init; } = 4;

    /// <summary>Key width of all heads together; half the model width where not given.</summary>
    [Range(1, 1 << 16)]
    public int? KeyWidth { get; init; }

    /// <summary>Rank of the map that makes the forget gates.</summary>
    [Range(1, 4096)]
    public int GateRank { get; init; } = 16;

    /// <summary>tau: gates are sigmoid(.)^(1 / tau), so that a fresh model forgets slowly.</summary>
    [Range(1.0, 1e4)]
    public double GateTemperature { get; init; } = 16;
}

/// <summary>
/// Gated linear attention (arXiv 2312.06635): linear attention whose memory fades, at a rate of its own for every key channel and token.
/// <code>
/// q, k = W_q x, W_k x                                        [B, T, H, K], H K = D / 2
/// v    = W_v x                                               [B, T, H, V], H V = D
/// alpha_t = sigmoid(W_2 W_1 x_t + b)^(1/tau)                 [B, T, H, K]; W_1: D -> 16, W_2: 16 -> D / 2
/// S_t  = diag(alpha_t) S_(t-1) + k_t v_t^T                   [B, T, H, K, V]
/// o_t  = RMSNorm(S_t^T q_t / sqrt(K)) of each head           [B, T, D]
/// y_t  = W_o (swish(W_r x_t + b_r) * o_t)                    [B, T, D]
/// </code>
/// An affine recurrence with E_t = diag(alpha_t).
/// </summary>
public sealed class GatedLinearAttention : AffineLayer<Decay, TensorState>, IInPlaceLayer<TensorState>
{
    // of the paper's code, for every map
    private const double Gain = 0.17677669529663689; // 2^(-5/2)

    private readonly GatedLinearAttentionOptions _options;
    private readonly int _width, _keyWidth;

    // W_q, W_k, W_v: one product
    [ComponentName(Name = "query_key_value")]
    private readonly Linear _queryKeyValue;

    [ComponentName(Name = "gate_in")]
    private readonly Linear _gateIn;

    [ComponentName(Name = "gate_out")]
    private readonly Linear _gateOut;

    [ComponentName(Name = "swish")]
    private readonly Linear _swish;

    [ComponentName(Name = "norm")]
    private readonly HeadNorm _norm;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    /// <summary>Maps start Xavier-uniform with gain 2^(-5/2), biases at zero, so alpha at 0.96.</summary>
    /// <exception cref="ArgumentException">The heads do not fit the widths.</exception>
    public GatedLinearAttention(GatedLinearAttentionOptions options, int width) : base("gla")
    {
        var keyWidth = options.KeyWidth ?? width / 2;
        Heads.Require(options.Heads, width, "model width");
        Heads.Require(options.Heads, keyWidth, "key width");
        (_options, _width, _keyWidth) = (options, width, keyWidth);
        _queryKeyValue = nn.Linear(width, 2L * keyWidth + width, hasBias: false);
        _gateIn = nn.Linear(width, options.GateRank, hasBias: false);
        _gateOut = nn.Linear(options.GateRank, keyWidth);
        _swish = nn.Linear(width, width);
        _norm = new HeadNorm(width, centred: false);
        _output = nn.Linear(width, width, hasBias: false);
        RegisterComponents();
        Initialize();
    }

    private ScalarType StateType => StateElement.Of(_output.weight!.dtype);

    /// <inheritdoc/>
    public override TensorState Start(int batch) =>
        OuterProductSteps.Start(batch, _options.Heads, _keyWidth / _options.Heads, _width / _options.Heads, StateType, _output.weight!.device);

    /// <inheritdoc/>
    public override IAffineSteps<Decay, TensorState> Steps(Tensor x, SequenceContext context, RecentInputs recent)
    {
        var H = _options.Heads;
        var parts = _queryKeyValue.forward(x).to(StateType).split([_keyWidth, _keyWidth, _width], -1).Select(part => Heads.Split(part, H)).ToArray();
        var q = parts[0] / Math.Sqrt(_keyWidth / H);
        var log = Heads.Split(nn.functional.logsigmoid(_gateOut.forward(_gateIn.forward(x)).to(StateType)) / _options.GateTemperature, H);
        return OuterProductSteps.Of(q, parts[1], parts[2], log, context, o => _output.forward(_norm.Gated(o, _swish.forward(x), NormGate.SiluAfter)));
    }

    /// <inheritdoc/>
    public void Step(Tensor x, TensorState state, IReadOnlyList<Tensor> windows, Tensor output)
    {
        using var work = Workspace.Open();
        var H = _options.Heads;
        var token = Vectors.Of(x);
        var parts = work.Map(_queryKeyValue, token);
        var q = parts.Slice(0, _keyWidth).Times(1 / Math.Sqrt(_keyWidth / H));
        var alpha = work.Map(_gateOut, work.Map(_gateIn, token)).LogSigmoid().Times(1 / _options.GateTemperature).Exp();
        var o = OuterProductStep.Run(q, parts.Slice(_keyWidth, _keyWidth), parts.Slice(2 * _keyWidth, _width), alpha, state.Values, H);
        _norm.Step(o, H);
        LinearMaps.Map(_output, o.TimesSilu(work.Map(_swish, token)), Vectors.Of(output));
    }

    private void Initialize()
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();

        // W_q, W_k, W_v lie in one tensor, and each has the bound of a map of its own
        foreach (var part in _queryKeyValue.weight!.split([_keyWidth, _keyWidth, _width], 0))
            nn.init.xavier_uniform_(part, Gain);
        foreach (var map in (Linear[])[_gateIn, _gateOut, _swish, _output])
            nn.init.xavier_uniform_(map.weight!, Gain);
        _gateOut.bias!.zero_();
        _swish.bias!.zero_();
    }
}

/// <summary>Makes <see cref="GatedLinearAttention"/>.</summary>
public sealed class GatedLinearAttentionFactory : IComponentFactory<ScanLayer, GatedLinearAttentionOptions>
{
    /// <inheritdoc/>
    public string Name => "gla";

    /// <inheritdoc/>
    public string Description => "Gated linear attention: a matrix memory that fades at a rate of its own for every key channel and token (arXiv 2312.06635).";

    /// <inheritdoc/>
    public ScanLayer Create(GatedLinearAttentionOptions options, ComponentContext context) => new GatedLinearAttention(options, context.Width);
}
