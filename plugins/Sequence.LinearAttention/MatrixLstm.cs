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

/// <summary>How the forget gate of the mLSTM is made of its logit.</summary>
public enum ForgetGate
{
    /// <summary>1 / (1 + e^(-x)): the memory fades.</summary>
    Sigmoid,

    /// <summary>e^x: the memory may also grow.</summary>
    Exp,
}

/// <summary>Options of <see cref="MatrixLstm"/>.</summary>
public sealed record MatrixLstmOptions
{
    /// <summary>Heads, H; divides the model width.</summary>
    [Range(1, 1024)]
    public int Heads { get; init; } = 4;

    /// <summary>The forget gate.</summary>
    public ForgetGate ForgetGate { get; init; } = ForgetGate.Sigmoid;

    /// <summary>Taps of the causal convolution in front of queries and keys; null for none.</summary>
    [Range(1, 64)]
    public int? Taps { get; init; } = 4;

    /// <summary>b_i at the start, around which it is drawn.</summary>
    [Range(-100.0, 100.0)]
    public double InputBias { get; init; }

    /// <summary>b_f of the first head at the start.</summary>
    [Range(-100.0, 100.0)]
    public double FirstForgetBias { get; init; } = 3;

    /// <summary>b_f of the last head at the start; the heads between lie evenly.</summary>
    [Range(-100.0, 100.0)]
    public double LastForgetBias { get; init; } = 6;
}

/// <summary>
/// The mLSTM (arXiv 2405.04517, section 2.3): a matrix memory a head with an exponential input gate, one number a head and token for each gate.
/// <code>
/// c_t = silu(conv(x)_t)                                      [B, T, D]; x itself without a convolution
/// q_t, k_t = W_q c_t + b_q, (W_k c_t + b_k) / sqrt(K)        [B, T, H, K], K = D / H
/// v_t = W_v x_t + b_v                                        [B, T, H, K]
/// i_t = exp(w_i x_t + b_i)                                   [B, T, H]
/// f_t = sigmoid(w_f x_t + b_f), or exp                       [B, T, H]
/// C_t = f_t C_(t-1) + i_t k_t v_t^T                          [B, T, H, K, K]
/// n_t = f_t n_(t-1) + i_t k_t                                [B, T, H, K]
/// h_t = C_t^T q_t / max(|n_t . q_t|, 1)                      [B, T, H, K]
/// y_t = W_y (sigmoid(W_o x_t + b_o) * LayerNorm(h_t)) + b_y  [B, T, D], the norm of each head
/// </code>
/// C and n are kept as exp(m_t) R_t with m_t = max(log f_t + m_(t-1), log i_t), so that no gate overflows; the 1 is then exp(-m_t). An affine recurrence
/// with E_t = f_t on a log scale; n is one more column of C.
/// </summary>
public sealed class MatrixLstm : AffineLayer<LogScaledDecay, LogScaledState>, IInPlaceLayer<LogScaledState>
{
    // of the paper's code: how far b_i is drawn around its start
    private const double InputBiasSpread = 0.1;

    // e^80 is near the end of float32; where 1 is that many units, h is zero in any case
    private const double LargestUnit = 80;

    private readonly MatrixLstmOptions _options;
    private readonly int _width;

    [ComponentName(Name = "convolution")]
    private readonly ShortConvolution? _convolution;

    // W_q, W_k: one product of c
    [ComponentName(Name = "query_key")]
    private readonly Linear _queryKey;

    // W_v, W_o: one product of x
    [ComponentName(Name = "value_gate")]
    private readonly Linear _valueGate;

    // w_i, w_f: one product of x
    [ComponentName(Name = "input_forget")]
    private readonly Linear _inputForget;

    [ComponentName(Name = "norm")]
    private readonly HeadNorm _norm;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    /// <summary>
    /// As the paper's code starts it: w_i and w_f at zero, b_f evenly from 3 to 6 over the heads, b_i normal with deviation 0.1; the other maps as linear
    /// layers of the library do.
    /// </summary>
    /// <exception cref="ArgumentException">The heads do not fit the width.</exception>
    public MatrixLstm(MatrixLstmOptions options, int width) : base("mlstm")
    {
        Heads.Require(options.Heads, width, "model width");
        (_options, _width) = (options, width);
        _convolution = options.Taps is { } taps ? new ShortConvolution(width, taps) : null;
        _queryKey = nn.Linear(width, 2L * width);
        _valueGate = nn.Linear(width, 2L * width);
        _inputForget = nn.Linear(width, 2L * options.Heads);
        _norm = new HeadNorm(width, centred: true);
        _output = nn.Linear(width, width);
        RegisterComponents();
        Initialize();
    }

    private ScalarType StateType => StateElement.Of(_output.weight!.dtype);

    /// <inheritdoc/>
    public override LogScaledState Start(int batch)
    {
        var K = _width / _options.Heads;
        return LogScaledSteps.Start(batch, _options.Heads, K, K + 1, StateType, _output.weight!.device);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> CreateWindows(int batch) => _convolution is null ? [] : [_convolution.CreateWindow(batch)];

    /// <inheritdoc/>
    public override IAffineSteps<LogScaledDecay, LogScaledState> Steps(Tensor x, SequenceContext context, RecentInputs recent)
    {
        var H = _options.Heads;
        var c = _convolution is null ? x : nn.functional.silu(_convolution.Forward(x, context, recent));
        var queryKey = _queryKey.forward(c).to(StateType).chunk(2, -1);
        var (q, k) = (Heads.Split(queryKey[0], H), Heads.Split(queryKey[1], H) / Math.Sqrt(_width / H));
        var valueGate = _valueGate.forward(x).chunk(2, -1);
        var v = Heads.WithOnes(Heads.Split(valueGate[0].to(StateType), H));
        var gates = _inputForget.forward(x).to(float64).unsqueeze(-1).chunk(2, 2);
        var logForget = _options.ForgetGate == ForgetGate.Exp ? gates[1] : nn.functional.logsigmoid(gates[1]);
        return LogScaledSteps.Of(q, k, v, logForget, gates[0], context, (y, scales) => _output.forward(_norm.Gated(Normalized(y, scales), valueGate[1], NormGate.SigmoidAfter)));
    }

    /// <inheritdoc/>
    public void Step(Tensor x, LogScaledState state, IReadOnlyList<Tensor> windows, Tensor output)
    {
        using var work = Workspace.Open();
        var H = _options.Heads;
        var token = Vectors.Of(x);
        var queryKey = work.Map(_queryKey, _convolution is null ? token : _convolution.Step(work, token, windows[0]).Silu());
        var k = queryKey.Slice(_width, _width).Times(1 / Math.Sqrt(_width / H));
        var valueGate = work.Map(_valueGate, token);
        var v = valueGate.Slice(0, _width);
        var gates = work.Map(_inputForget, token);
        var sums = HeadColumns.WithOnes(work, v, H);
        var one = LogScaledStep.Run(work, queryKey.Slice(0, _width), k, sums, gates.Slice(H, H), _options.ForgetGate == ForgetGate.Sigmoid, gates.Slice(0, H), state.Content);
        HeadColumns.DivideBySize(sums, v, H, one);
        _norm.Step(v, H);
        LinearMaps.Map(_output, v.TimesSigmoid(valueGate.Slice(_width, _width)), Vectors.Of(output));
    }

    /// <summary>R^T q with n . q as last column, and m -> h, [B, T, H, K].</summary>
    private static Tensor Normalized(Tensor y, Tensor scales)
    {
        var K = y.shape[3] - 1;
        var one = (-scales).clamp_max(LargestUnit).exp().to(y.dtype);
        return y.narrow(3, 0, K) / y.narrow(3, K, 1).abs().maximum(one);
    }

    private void Initialize()
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var H = _options.Heads;
        _inputForget.weight!.zero_();
        _inputForget.bias!.narrow(0, 0, H).normal_(_options.InputBias, InputBiasSpread);
        _inputForget.bias!.narrow(0, H, H).copy_(linspace(_options.FirstForgetBias, _options.LastForgetBias, H));
    }
}

/// <summary>Makes <see cref="MatrixLstm"/>.</summary>
public sealed class MatrixLstmFactory : IComponentFactory<ScanLayer, MatrixLstmOptions>
{
    /// <inheritdoc/>
    public string Name => "mlstm";

    /// <inheritdoc/>
    public string Description => "mLSTM: a matrix memory with exponential gates, kept on a log scale (arXiv 2405.04517).";

    /// <inheritdoc/>
    public ScanLayer Create(MatrixLstmOptions options, ComponentContext context) => new MatrixLstm(options, context.Width);
}
