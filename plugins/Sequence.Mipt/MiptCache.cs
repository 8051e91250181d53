using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Mipt;

/// <summary>Options of <see cref="MiptCache"/>.</summary>
public sealed record MiptCacheOptions
{
    /// <summary>b_p at the start, as in <see cref="MiptOptions"/>.</summary>
    [Range(-20.0, 20.0)]
    public double MeasurementBias { get; init; } = -2;

    /// <summary>b_g at the start. At -3 what is read from the cache counts 5 %.</summary>
    [Range(-20.0, 20.0)]
    public double GateBias { get; init; } = -3;

    /// <summary>Heads H of the cache; divides the model width D. The author's code has one.</summary>
    [Range(1, 1_024)]
    public int Heads { get; init; } = 1;

    /// <summary>Whether a token may read what it writes itself, rather than the past alone.</summary>
    public bool ReadsItself { get; init; }

    /// <summary>
    /// w, the weight of log s_j in the logits, by which reading trains what is written: the choice of slots alone lets no gradient through. 0 in the author's code.
    /// </summary>
    [Range(0.0, 100.0)]
    public double WriteWeight { get; init; }
}

/// <summary>
/// MIPT-SSM (arXiv 2604.07716) with its sparse cache in the causal form: beside the state, which forgets, the K tokens that were measured most.
/// <code>
/// h_i = Mipt(x)_i                                              [B, T, D]
/// s_i = mean_d p_i                                             [B, T]     score: the mean measurement rate
/// q_i = W_q LayerNorm(h_i),  k_i = W_k x_i,  v_i = W_v x_i     [B, H, T, D / H]
/// c_i = sum_(j in S_i) softmax_j(q_i . k_j / sqrt(D / H) + w log s_j) v_j
/// y_i = h_i + sigmoid(W_g h_i + b_g) c_i                       [B, T, D]
/// </code>
/// S_i are the tokens before i that the cache policy holds: with <c>gate-top-k</c>, the K of largest s among all before i. Where it holds none, c_i = 0.
/// </summary>
public sealed class MiptCache : EntryLayer
{
    [ComponentName(Name = "scan")]
    private readonly Mipt _scan;

    [ComponentName(Name = "norm")]
    private readonly LayerNorm _norm;

    [ComponentName(Name = "query")]
    private readonly Linear _query;

    // W_k, W_v: one product
    [ComponentName(Name = "key_value")]
    private readonly Linear _keyValue;

    [ComponentName(Name = "gate")]
    private readonly Linear _gate;

    private readonly MiptCacheOptions _options;
    private readonly long _heads, _headWidth;

    /// <summary>All maps start as the library's linear layers do: uniform within 1 / sqrt(D).</summary>
    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public MiptCache(MiptCacheOptions options, int width) : base("mipt-cache")
    {
        if (width % options.Heads != 0)
            throw new ArgumentException($"heads: {options.Heads} does not divide the model width {width}.");
        (_options, _heads, _headWidth) = (options, options.Heads, width / options.Heads);

        _scan = new Mipt(new MiptOptions { MeasurementBias = options.MeasurementBias }, width);
        _norm = nn.LayerNorm(width);
        _query = nn.Linear(width, width);
        _keyValue = nn.Linear(width, 2L * width);
        _gate = nn.Linear(width, width);
        using (no_grad())
            _gate.bias!.fill_(options.GateBias);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override EntryShape Shape => new(_heads, _options.WriteWeight > 0 ? _headWidth + 1 : _headWidth, _headWidth);

    /// <inheritdoc/>
    public override Tensor Like => _query.weight!;

    /// <inheritdoc/>
    public override EntryReads Reads => _options.ReadsItself ? EntryReads.Inclusive : EntryReads.StrictlyPast;

    /// <inheritdoc/>
    public override bool Scores => true;

    /// <inheritdoc/>
    public override ScanLayer Scan => _scan;

    /// <inheritdoc/>
    public override Entries Project(Tensor x, Tensor? h, SequenceContext context)
    {
        var logits = _scan.MeasurementLogits(x);
        var q = Heads(_query.forward(_norm.forward(h!)));
        var keyValue = _keyValue.forward(x).chunk(2, -1);
        var (k, v) = (Heads(keyValue[0]), Heads(keyValue[1]));
        if (_options.WriteWeight > 0)
            (q, k) = WithWriteWeight(q, k, logits);
        return new(q, k, v) { Scores = logits.sigmoid().mean([-1]) };
    }

    /// <inheritdoc/>
    public override Tensor Output(Tensor read, Tensor x, Tensor? h) =>
        h! + _gate.forward(h!).sigmoid() * read.transpose(1, 2).flatten(2);

    /// <summary>[B, T, D] -> [B, H, T, D / H].</summary>
    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], _heads, _headWidth).transpose(1, 2);

    /// <summary>One channel more, in which q' . k' / sqrt(K + 1) = q . k / sqrt(K) + w log s. The logarithm is that of s before it is rounded to zero.</summary>
    private (Tensor Query, Tensor Key) WithWriteWeight(Tensor q, Tensor k, Tensor logits)
    {
        var K = _headWidth;
        var weight = full_like(q.narrow(-1, 0, 1), _options.WriteWeight * Math.Sqrt(K + 1));
        var log = nn.functional.logsigmoid(logits).logsumexp(-1) - Math.Log(logits.shape[2]);
        var last = log.view(k.shape[0], 1, k.shape[2], 1).expand(k.shape[0], k.shape[1], k.shape[2], 1);
        return (cat(new[] { q * Math.Sqrt((K + 1.0) / K), weight }, -1), cat(new[] { k, last }, -1));
    }
}

/// <summary>Makes <see cref="MiptCache"/>.</summary>
public sealed class MiptCacheFactory : IComponentFactory<EntryLayer, MiptCacheOptions>
{
    /// <inheritdoc/>
    public string Name => "mipt-cache";

    /// <inheritdoc/>
    public string Description => "MIPT-SSM with its causal sparse cache, read beside the state (arXiv 2604.07716). Give the block a cache, such as gate-top-k.";

    /// <inheritdoc/>
    public EntryLayer Create(MiptCacheOptions options, ComponentContext context) => new MiptCache(options, context.Width);
}
