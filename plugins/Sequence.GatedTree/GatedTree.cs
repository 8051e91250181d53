using System.ComponentModel.DataAnnotations;
using Sequence.Blocks;
using Sequence.Components;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.GatedTree;

/// <summary>Options of <see cref="GatedTree"/>.</summary>
public sealed record GatedTreeOptions
{
    /// <summary>Hidden width H of the candidate as a multiple of D. At 2, and c = 1, the unit has as many weights as a Transformer block.</summary>
    [Range(0.125, 64)]
    public double Expansion { get; init; } = 2;

    /// <summary>Whether each place of a chunk also sees a learned mixture of all places of both children; at c = 1 there is nothing to mix.</summary>
    public bool MixPlaces { get; init; } = true;

    /// <summary>The norm in front of gates and candidate; the children themselves are passed on as they are.</summary>
    [DefaultComponent("layer")]
    public Component<Norm> Norm { get; init; } = null!;

    /// <summary>Dropout of the candidate's hidden layer.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }
}

/// <summary>
/// A gated recursive unit on pairs (Cho et al. 2014, arXiv 1409.1259), for chunks of c vectors: at each place and channel a softmax chooses between a
/// new candidate and either child.
/// <code>
/// z_j        = [N(a_j) | N(b_j) | sum_k P_jk [N(a) ; N(b)]_k]        [3 D]      P: [c, 2c]; without the last third at c = 1
/// n_j        = tanh(W_n gelu(W_h z_j + b_h) + b_n)                   [D]        candidate, H hidden
/// g^n, g^a, g^b = softmax over the three of W_g z_j + b_g            [D] each
/// (a Agg b)_j = g^n n_j + g^a a_j + g^b b_j                          [D]        a, b: [c, D]
/// </code>
/// Not associative. No value leaves the range of the children and [-1, 1], however tall the tree.
/// </summary>
public sealed class GatedTree : Aggregator
{
    // W_g and W_h, one product
    [ComponentName(Name = "gates_hidden")]
    private readonly Linear _gatesHidden;

    [ComponentName(Name = "candidate")]
    private readonly Linear _candidate;

    [ComponentName(Name = "places")]
    private readonly Parameter? _places;

    [ComponentName(Name = "norm")]
    private readonly Norm _norm;

    private readonly double _dropout;

    /// <summary>W and P start as linear layers of the library do: uniform within 1 / sqrt(fan in).</summary>
    public GatedTree(GatedTreeOptions options, ComponentContext context) : base("gated_tree")
    {
        var (c, D) = (context.ChunkSize, context.Width);
        var H = Math.Max(1, (long)Math.Round(options.Expansion * D));
        using (no_grad())
        {
            var bound = 1 / Math.Sqrt(2 * c);
            _places = options.MixPlaces && c > 1 ? new Parameter(empty(c, 2L * c).uniform_(-bound, bound).DetachFromDisposeScope()) : null;
        }

        _gatesHidden = nn.Linear((_places is null ? 2L : 3L) * D, 3L * D + H);
        _candidate = nn.Linear(H, D);
        _norm = options.Norm.Create(context);
        _dropout = options.Dropout;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Algebra Algebra => Algebra.ExactlyBracketed;

    /// <inheritdoc/>
    public override ChunkState Aggregate(ChunkState earlier, ChunkState later)
    {
        var (a, b) = (earlier.Vectors, later.Vectors);
        var D = a.shape[3];
        var pair = new[] { _norm.call(a), _norm.call(b) };
        var z = cat(_places is null ? pair : [.. pair, _places.matmul(cat(pair, 2))], -1);
        var u = _gatesHidden.call(z);

        var hidden = nn.functional.gelu(u.narrow(-1, 3 * D, u.shape[3] - 3 * D));
        if (_dropout > 0)
            hidden = nn.functional.dropout(hidden, _dropout, training);
        var n = _candidate.call(hidden).tanh();
        var g = u.narrow(-1, 0, 3 * D).unflatten(-1, [3, D]).softmax(-2).unbind(-2);
        return new(g[0] * n + g[1] * a + g[2] * b);
    }
}

/// <summary>Makes <see cref="GatedTree"/>.</summary>
public sealed class GatedTreeFactory : IComponentFactory<Aggregator, GatedTreeOptions>
{
    /// <inheritdoc/>
    public string Name => "gated-tree";

    /// <inheritdoc/>
    public string Description => "A gated recursive unit: a softmax between a new candidate and either child, channel by channel (arXiv 1409.1259).";

    /// <inheritdoc/>
    public Aggregator Create(GatedTreeOptions options, ComponentContext context) => new GatedTree(options, context);
}
