using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels;
using Sequence.Kernels.Registry;
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
    private static readonly string Form =
        $"scaled_dot_product_attention of libtorch {__version__}{(__version__.StartsWith("1.", StringComparison.Ordinal) ? ": materialises T x T" : "")}";

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
        // padding lies to the right, so the causal mask alone keeps it out of real tokens
        var positions = context.DocumentPositions(x.shape[1], x.device);
        var mask = context.Starts is null ? null : Visible(arange(x.shape[1], device: x.device).unsqueeze(0), positions, x.shape[1]);
        var (q, k, v) = Project(x);
        return Attend(q, positions, k, positions, v, mask);
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

        var (q, k, v) = Project(x);
        cache.Append(k, v, positions, context);
        if (first)
            return Attend(q, positions, k, positions, v, mask: null);
        var mask = Visible(slots, positions, cache.Keys.shape[2]);
        return Attend(q, positions, cache.Keys, cache.EntryPositions, cache.Values, mask);
    }

    /// <summary>
    /// Which of n slots each token sees: those of its own document up to itself, [B or 1, 1, T, n] bool. A token in slot s at position p of
    /// its document sees slots s - p to s.
    /// </summary>
    private static Tensor Visible(Tensor slots, Tensor positions, long n)
    {
        var (s, p) = (slots.unsqueeze(-1), positions.unsqueeze(-1));
        var j = arange(n, device: slots.device).view(1, 1, n);
        // a padded token may stand behind the last slot: it sees that one, so that its softmax is of something
        return (j <= s).logical_and(j >= (s - p).clamp_max(n - 1)).unsqueeze(1);
    }

    private (Tensor Q, Tensor K, Tensor V) Project(Tensor x)
    {
        var (B, T) = (x.shape[0], x.shape[1]);
        var heads = _queryKeyValue.forward(x).view(B, T, _heads + 2 * _kvHeads, _keyWidth).transpose(1, 2);
        return (heads.narrow(1, 0, _heads), heads.narrow(1, _heads, _kvHeads), heads.narrow(1, _heads + _kvHeads, _kvHeads));
    }

    /// <summary>Without a mask, query t sees keys 0..t.</summary>
    private Tensor Attend(Tensor q, Tensor queryPositions, Tensor k, Tensor keyPositions, Tensor v, Tensor? mask)
    {
        var (B, T) = (q.shape[0], q.shape[2]);
        if (_options.Positions == AttentionPositions.Rope)
        {
            q = RotaryPositions.Rotate(q, queryPositions, _options.RopeBase);
            k = RotaryPositions.Rotate(k, keyPositions, _options.RopeBase);
        }

        FormRecord.Note(Form);
        var dropout = training ? _options.Dropout : 0;
        var y = nn.functional.scaled_dot_product_attention(q, Share(k), Share(v), mask, dropout, is_casual: mask is null);
        return _output.forward(y.transpose(1, 2).reshape(B, T, _heads * _keyWidth));
    }

    /// <summary>Key-value heads repeated for the query heads that share them: [B, Hkv, n, K] -> [B, H, n, K].</summary>
    private Tensor Share(Tensor heads)
    {
        var (B, n) = (heads.shape[0], heads.shape[2]);
        return _heads == _kvHeads
            ? heads
            : heads.unsqueeze(2).expand(B, _kvHeads, _heads / _kvHeads, n, _keyWidth).reshape(B, _heads, n, _keyWidth);
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
