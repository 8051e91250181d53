using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels;
using Sequence.Kernels.Attention;
using Sequence.Mixers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Transformer;

/// <summary>How attention tells positions apart.</summary>
public enum AttentionPositions
{
    /// <summary>Queries and keys turn with their positions.</summary>
    Rope,

    /// <summary>Only by the causal mask; positions, if any, are in the embeddings.</summary>
    None,
}

/// <summary>Options of <see cref="Attention"/>.</summary>
public sealed record AttentionOptions
{
    /// <summary>Query heads H; divides the model width D.</summary>
    [Range(1, 1_024)]
    public int Heads { get; init; } = 4;

    /// <summary>Key and value heads Hkv, each shared by H / Hkv query heads; null for as many as query heads.</summary>
    [Range(1, 1_024)]
    public int? KvHeads { get; init; }

    /// <summary>How positions are told apart.</summary>
    public AttentionPositions Positions { get; init; } = AttentionPositions.Rope;

    /// <summary>Base of the rotary wavelengths.</summary>
    [Range(1.0, 1e12)]
    public double RopeBase { get; init; } = 10_000;

    /// <summary>Dropout of attention weights.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }

    /// <summary>Whether the linear maps have biases.</summary>
    public bool Bias { get; init; } = true;
}

/// <summary>
/// Causal softmax attention (arXiv 1706.03762), multi-head or grouped-query (arXiv 2305.13245), K = D / H:
/// <code>
/// q = W_q x [B, H, T, K]        k, v = W_k x, W_v x [B, Hkv, T, K]        (q, k turned by their positions)
/// y_t = W_o sum_(s &lt;= t) softmax_s(q_t . k_s / sqrt(K)) v_s
/// </code>
/// The sum runs over the document of t. The state is every key and value, with keys not yet rotated.
/// </summary>
public sealed class Attention : SequenceMixer
{
    // W_q, W_k, W_v, one product
    [ComponentName(Name = "query_key_value")]
    private readonly Linear _queryKeyValue;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    private readonly AttentionOptions _options;
    private readonly long _heads, _kvHeads, _keyWidth;

    /// <summary>All maps start as the library's linear layers do: uniform within 1 / sqrt(fan in).</summary>
    /// <exception cref="ArgumentException">The heads do not divide the width, or the key-value heads the heads, or rotary positions a head.</exception>
    public Attention(AttentionOptions options, int width) : base("attention")
    {
        _options = options;
        (_heads, _kvHeads) = (options.Heads, options.KvHeads ?? options.Heads);
        if (width % _heads != 0)
            throw new ArgumentException($"heads: {_heads} does not divide the model width {width}.");
        if (_heads % _kvHeads != 0)
            throw new ArgumentException($"kvHeads: {_kvHeads} does not divide heads {_heads}.");
        _keyWidth = width / _heads;
        if (options.Positions == AttentionPositions.Rope && _keyWidth % 2 != 0)
            throw new ArgumentException($"positions: rope turns pairs of channels, but a head is {_keyWidth} wide (width {width} / heads {_heads}).");

        _queryKeyValue = nn.Linear(width, (_heads + 2 * _kvHeads) * _keyWidth, options.Bias);
        _output = nn.Linear(width, width, options.Bias);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override StateCost Cost =>
        new(StateGrowth.Linear, 0, 2 * _kvHeads * _keyWidth * _output.weight!.element_size() + sizeof(long));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        var T = x.shape[1];
        var positions = context.DocumentPositions(T, x.device);
        var (heads, v) = Project(x);
        var (q, k) = Split(Rotate(heads, positions));
        return Attend(q, k, v, context.Starts is null
            ? KeySpans.Causal(context.Lengths)
            : KeySpans.Of(arange(T, device: x.device).unsqueeze(0), positions, context.Lengths));
    }

    /// <inheritdoc/>
    public override MixerState CreateState(int batch)
    {
        var (dtype, device) = (_output.weight!.dtype, _output.weight.device);
        long[] none = [batch, _kvHeads, 0, _keyWidth];
        return new KeyValueCache(
            new long[batch], empty(none, dtype, device), empty(none, dtype, device), empty([batch, 0], ScalarType.Int64, device));
    }

    /// <inheritdoc/>
    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
    {
        var cache = (KeyValueCache)state;
        var t = x.shape[1];
        var first = context.Starts is null && cache.Positions.All(count => count == 0);
        var slots = cache.Counts().unsqueeze(1) + arange(t, device: x.device).unsqueeze(0);
        var positions = context.DocumentPositions(t, x.device, cache.Seen());

        var (heads, v) = Project(x);
        var (q, k) = Split(Rotate(heads, positions));
        cache.Append(Split(heads).K, k, v, positions, context);
        if (first)
            return Attend(q, k, v, KeySpans.Causal(context.Lengths));
        var keys = _options.Positions == AttentionPositions.Rope ? cache.Rotated(Rotate) : cache.Keys;
        return Attend(q, keys, cache.Values, KeySpans.Of(slots, positions, context.Lengths));
    }

    /// <summary>q and k beside each other, [B, H + Hkv, T, K], not rotated, and v.</summary>
    private (Tensor Heads, Tensor V) Project(Tensor x)
    {
        var (B, T) = (x.shape[0], x.shape[1]);
        var heads = _queryKeyValue.forward(x).view(B, T, _heads + 2 * _kvHeads, _keyWidth).transpose(1, 2);
        return (heads.narrow(1, 0, _heads + _kvHeads), heads.narrow(1, _heads + _kvHeads, _kvHeads));
    }

    private (Tensor Q, Tensor K) Split(Tensor heads) => (heads.narrow(1, 0, _heads), heads.narrow(1, _heads, _kvHeads));

    private Tensor Rotate(Tensor heads, Tensor positions) =>
        _options.Positions == AttentionPositions.Rope ? RotaryPositions.Rotate(heads, positions, _options.RopeBase) : heads;

    private Tensor Attend(Tensor q, Tensor k, Tensor v, KeySpans spans)
    {
        var y = SoftmaxAttention.Run(q, k, v, spans, training ? _options.Dropout : 0);
        return _output.forward(y.transpose(1, 2).reshape(q.shape[0], q.shape[2], _heads * _keyWidth));
    }
}

/// <summary>Makes <see cref="Attention"/>.</summary>
public sealed class AttentionFactory : IComponentFactory<SequenceMixer, AttentionOptions>
{
    /// <inheritdoc/>
    public string Name => "attention";

    /// <inheritdoc/>
    public string Description => "Causal softmax attention, multi-head or grouped-query, with rotary positions (arXiv 1706.03762, 2305.13245, 2104.09864).";

    /// <inheritdoc/>
    public SequenceMixer Create(AttentionOptions options, ComponentContext context) => new Attention(options, context.Width);
}
