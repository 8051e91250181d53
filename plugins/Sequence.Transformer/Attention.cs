using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
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
/// The sum runs over the document of t, and of it over the entries that the cache holds.
/// </summary>
public sealed class Attention : EntryLayer
{
    private const long FewTokens = 16;

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
    public override EntryShape Shape => new(_kvHeads, _keyWidth, _keyWidth);

    /// <inheritdoc/>
    public override Tensor Like => _output.weight!;

    /// <inheritdoc/>
    public override double Dropout => _options.Dropout;

    /// <inheritdoc/>
    public override bool Rotates => _options.Positions == AttentionPositions.Rope;

    /// <inheritdoc/>
    public override Entries Project(Tensor x, Tensor? h, SequenceContext context)
    {
        var (B, T) = (x.shape[0], x.shape[1]);
        var heads = _queryKeyValue.forward(x).view(B, T, _heads + 2 * _kvHeads, _keyWidth).transpose(1, 2);
        return new(heads.narrow(1, 0, _heads), heads.narrow(1, _heads, _kvHeads), heads.narrow(1, _heads + _kvHeads, _kvHeads));
    }

    /// <inheritdoc/>
    public override Tensor Rotate(Tensor heads, Tensor positions) => Rotates ? RotaryPositions.Rotate(heads, positions, _options.RopeBase) : heads;

    /// <inheritdoc/>
    public override (Tensor Queries, Tensor Keys) Rotate(Entries entries, Tensor positions)
    {
        if (!Rotates)
            return (entries.Queries, entries.Keys);
        var turn = RotaryPositions.At(positions, _keyWidth, _options.RopeBase, entries.Queries.dtype);

        // side by side, where there is less to turn than to say
        if (entries.Queries.shape[2] > FewTokens)
            return (turn(entries.Queries), turn(entries.Keys));
        var turned = turn(cat([entries.Queries, entries.Keys], 1));
        return (turned.narrow(1, 0, _heads), turned.narrow(1, _heads, _kvHeads));
    }

    /// <inheritdoc/>
    public override Tensor Output(Tensor read, Tensor x, Tensor? h) => _output.forward(read.transpose(1, 2).flatten(2));
}

/// <summary>Makes <see cref="Attention"/>.</summary>
public sealed class AttentionFactory : IComponentFactory<EntryLayer, AttentionOptions>
{
    /// <inheritdoc/>
    public string Name => "attention";

    /// <inheritdoc/>
    public string Description => "Causal softmax attention, multi-head or grouped-query, with rotary positions (arXiv 1706.03762, 2305.13245, 2104.09864).";

    /// <inheritdoc/>
    public EntryLayer Create(AttentionOptions options, ComponentContext context) => new Attention(options, context.Width);
}
