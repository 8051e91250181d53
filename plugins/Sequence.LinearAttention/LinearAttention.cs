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

namespace Sequence.LinearAttention;

/// <summary>Options of <see cref="LinearAttention"/>.</summary>
public sealed record LinearAttentionOptions
{
    /// <summary>Heads, H; divides the model width.</summary>
    [Range(1, 1024)]
    public int Heads { get; init; } = 4;

    /// <summary>phi.</summary>
    public FeatureMap FeatureMap { get; init; } = FeatureMap.Elu;

    /// <summary>Whether outputs are weighted means of the values, as the paper has them. Without, a norm of each head keeps their scale.</summary>
    public bool Normalizer { get; init; } = true;
}

/// <summary>
/// Linear attention (arXiv 2006.16236): attention whose weights are a product of features, so that the past is a sum.
/// <code>
/// q, k, v = W_q x + b_q, W_k x + b_k, W_v x + b_v            [B, T, H, K], K = D / H
/// S_t = S_(t-1) + phi(k_t) v_t^T                             [B, T, H, K, K]
/// z_t = z_(t-1) + phi(k_t)                                   [B, T, H, K]
/// o_t = S_t^T phi(q_t) / (z_t . phi(q_t) + eps)              [B, T, H, K]
/// y_t = W_o o_t + b_o                                        [B, T, D]
/// </code>
/// Without the normaliser o_t = RMSNorm(S_t^T phi(q_t)) a head (arXiv 2210.10340), for the sum grows with t. An affine recurrence with E_t = I; z is one
/// more column of S.
/// </summary>
public sealed class LinearAttention : AffineLayer<Decay, TensorState>, IInPlaceLayer<TensorState>
{
    // as in the paper's code: a mean of nothing is zero
    private const double Epsilon = 1e-6;

    private readonly LinearAttentionOptions _options;
    private readonly int _width;

    // W_q, W_k, W_v: three D x D maps, one product
    [ComponentName(Name = "query_key_value")]
    private readonly Linear _queryKeyValue;

    [ComponentName(Name = "norm")]
    private readonly HeadNorm? _norm;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    /// <summary>The maps start as linear layers of the library do: uniform within 1 / sqrt(D).</summary>
    /// <exception cref="ArgumentException">The heads do not fit the width, or the feature map the normaliser.</exception>
    public LinearAttention(LinearAttentionOptions options, int width) : base("linear_attention")
    {
        Heads.Require(options.Heads, width, "model width");
        if (options is { Normalizer: true, FeatureMap: FeatureMap.Identity })
            throw new ArgumentException("normalizer: with the feature map identity the weights have either sign, and their sum may be zero. Set normalizer to false, or choose elu or relu.");
        (_options, _width) = (options, width);
        _queryKeyValue = nn.Linear(width, 3L * width);
        _norm = options.Normalizer ? null : new HeadNorm(width, centred: false);
        _output = nn.Linear(width, width);
        RegisterComponents();
    }

    private ScalarType StateType => StateElement.Of(_output.weight!.dtype);

    /// <inheritdoc/>
    public override TensorState Start(int batch)
    {
        var K = _width / _options.Heads;
        return OuterProductSteps.Start(batch, _options.Heads, K, _options.Normalizer ? K + 1 : K, StateType, _output.weight!.device);
    }

    /// <inheritdoc/>
    public override IAffineSteps<Decay, TensorState> Steps(Tensor x, SequenceContext context, RecentInputs recent)
    {
        var parts = _queryKeyValue.forward(x).to(StateType).chunk(3, -1).Select(part => Heads.Split(part, _options.Heads)).ToArray();
        var (q, k) = (_options.FeatureMap.Of(parts[0]), _options.FeatureMap.Of(parts[1]));
        var v = _options.Normalizer ? Heads.WithOnes(parts[2]) : parts[2];
        return OuterProductSteps.Of(q, k, v, logDecay: null, context, o => _output.forward(ReadOut(o).to(x.dtype)));
    }

    /// <summary>S^T phi(q), with z . phi(q) as last column where there is a normaliser -> o, [B, T, D].</summary>
    private Tensor ReadOut(Tensor o)
    {
        if (_norm is not null)
            return _norm.forward(o);
        var K = o.shape[3] - 1;
        return (o.narrow(3, 0, K) / (o.narrow(3, K, 1) + Epsilon)).flatten(2, 3);
    }

    /// <inheritdoc/>
    public void Step(Tensor x, TensorState state, IReadOnlyList<Tensor> windows, Tensor output)
    {
        using var work = Workspace.Open();
        var H = _options.Heads;
        var parts = work.Map(_queryKeyValue, Vectors.Of(x));
        var q = _options.FeatureMap.Step(parts.Slice(0, _width));
        var k = _options.FeatureMap.Step(parts.Slice(_width, _width));
        var v = parts.Slice(2 * _width, _width);
        if (_norm is not null)
        {
            var o = OuterProductStep.Run(q, k, v, default, state.Values, H);
            _norm.Step(o, H);
            LinearMaps.Map(_output, o, Vectors.Of(output));
            return;
        }

        var sums = OuterProductStep.Run(q, k, HeadColumns.WithOnes(work, v, H), default, state.Values, H);
        HeadColumns.Divide(sums, v, H, Epsilon);
        LinearMaps.Map(_output, v, Vectors.Of(output));
    }
}

/// <summary>Makes <see cref="LinearAttention"/>.</summary>
public sealed class LinearAttentionFactory : IComponentFactory<ScanLayer, LinearAttentionOptions>
{
    /// <inheritdoc/>
    public string Name => "linear-attention";

    /// <inheritdoc/>
    public string Description => "Linear attention: a sum of outer products of features, with or without a normaliser (arXiv 2006.16236).";

    /// <inheritdoc/>
    public ScanLayer Create(LinearAttentionOptions options, ComponentContext context) => new LinearAttention(options, context.Width);
}
