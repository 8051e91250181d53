using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels;
using Sequence.Mixers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Options of <see cref="MeanRetrievalReadOut"/>.</summary>
public sealed record MeanRetrievalReadOutOptions
{
    /// <summary>K, the positions that may be read; null for every one.</summary>
    [Range(0, int.MaxValue)]
    public int? Slots { get; init; } = 16;

    /// <summary>tau: only positions that score above it may be read. Null for no such bound.</summary>
    [Range(0.0, 1.0)]
    public double? Threshold { get; init; }
}

/// <summary>
/// The mean over the real tokens, and what it retrieves from the few that score highest: the cache of MIPT's public classifier (arXiv 2604.07716).
/// <code>
/// s_t = sigmoid(w_s . x_t + b_s)                                           [B, T]
/// S   = the K tokens of largest s_t, those with s_t > tau                  the earlier of equal ones
/// m   = sum_t x_t / T                                                      [B, D]
/// c   = sum_(j in S) softmax_j(W_q m . W_k x_j / sqrt(D) + log s_j) W_v x_j    0 where S is empty
/// y   = m + sigmoid(w_g . m + b_g) c                                       [B, D]
/// </code>
/// There the scores are the mean measurement rates of the layer, which a read-out does not have: here they are a map's, trained through log s_j.
/// </summary>
public sealed class MeanRetrievalReadOut : ReadOut
{
    // any logit is above it, and a row without tokens stays finite
    private const double Excluded = -1e9;

    private readonly MeanReadOut _mean = new();
    private readonly MeanRetrievalReadOutOptions _options;

    [ComponentName(Name = "score")]
    private readonly Linear _score;

    [ComponentName(Name = "query")]
    private readonly Linear _query;

    // W_k, W_v: one product
    [ComponentName(Name = "key_value")]
    private readonly Linear _keyValue;

    [ComponentName(Name = "gate")]
    private readonly Linear _gate;

    /// <summary>All maps start as the library's linear layers do: uniform within 1 / sqrt(D).</summary>
    public MeanRetrievalReadOut(MeanRetrievalReadOutOptions options, int width) : base("mean-retrieval")
    {
        _options = options;
        _score = nn.Linear(width, 1);
        _query = nn.Linear(width, width);
        _keyValue = nn.Linear(width, 2L * width);
        _gate = nn.Linear(width, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        var (T, D) = (x.shape[1], x.shape[2]);
        var m = _mean.Forward(x, context);
        var score = _score.forward(x).squeeze(-1);
        var excluded = Chosen(score.detach().sigmoid(), context.Padding(T, x.device)).logical_not();

        var keyValue = _keyValue.forward(x).chunk(2, -1);
        var logits = keyValue[0].matmul(_query.forward(m).unsqueeze(-1)).squeeze(-1) / Math.Sqrt(D) + nn.functional.logsigmoid(score);
        var weights = logits.masked_fill(excluded, Excluded).softmax(-1).masked_fill(excluded, 0);
        var c = weights.unsqueeze(1).matmul(keyValue[1]).squeeze(1);
        return m + _gate.forward(m).sigmoid() * c;
    }

    /// <summary>S, [B, T] bool.</summary>
    private Tensor Chosen(Tensor s, Tensor? padding)
    {
        var order = padding is null ? s : s.masked_fill(padding, double.NegativeInfinity);
        var chosen = order > (_options.Threshold ?? double.NegativeInfinity);
        if (_options.Slots is { } K)
            chosen = chosen.logical_and(order.sort(-1, descending: true, stable: true).Indices.argsort(-1) < K);
        FigureRecord.Note("slots", () => chosen.sum(-1));
        return chosen;
    }
}

/// <summary>Makes <see cref="MeanRetrievalReadOut"/>.</summary>
public sealed class MeanRetrievalReadOutFactory : IComponentFactory<ReadOut, MeanRetrievalReadOutOptions>
{
    /// <inheritdoc/>
    public string Name => "mean-retrieval";

    /// <inheritdoc/>
    public string Description => "The mean over the real tokens, and what it retrieves from the few that score highest; not causal (MIPT, arXiv 2604.07716).";

    /// <inheritdoc/>
    public ReadOut Create(MeanRetrievalReadOutOptions options, ComponentContext context) => new MeanRetrievalReadOut(options, context.Width);
}
