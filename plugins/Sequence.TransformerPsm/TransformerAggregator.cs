using System.ComponentModel.DataAnnotations;
using Sequence.Blocks;
using Sequence.Components;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.TransformerPsm;

/// <summary>Options of <see cref="TransformerAggregator"/>.</summary>
public sealed record TransformerAggregatorOptions
{
    /// <summary>Blocks.</summary>
    [Range(1, 1_024)]
    public int Layers { get; init; } = 1;

    /// <summary>Attention heads H; divides the model width D.</summary>
    [Range(1, 1_024)]
    public int Heads { get; init; } = 4;

    /// <summary>Whether every vector of the pair sees all others, as in the paper; else those before it, as the published code has it.</summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>Whether a learned vector is added to each half, so that attention can tell them apart; the paper has none.</summary>
    public bool SegmentPositions { get; init; }

    /// <summary>Mixes the channels of each vector; null for none.</summary>
    [DefaultComponent("mlp")]
    public Component<ChannelMixer>? ChannelMixer { get; init; }

    /// <summary>The norms.</summary>
    [DefaultComponent("layer")]
    public Component<Norm> Norm { get; init; } = null!;

    /// <summary>Dropout of each branch.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }
}

/// <summary>
/// The aggregator of Transformer-PSM (arXiv 2506.10918, section 4): a stack of pre-norm blocks over a pair of chunks, of which the right half stays,
/// <code>
/// a Agg b = RH(norm(block_L(... block_1([a | b] + [S_0 | S_1]))))        a, b: [c, D];  S: [2, D], or none
/// </code>
/// Not associative. The last block computes its right half only.
/// </summary>
public sealed class TransformerAggregator : Aggregator
{
    private const double SegmentDeviation = 0.02;

    [ComponentName(Name = "segments")]
    private readonly Parameter? _segments;

    [ComponentName(Name = "blocks")]
    private readonly ModuleList<AggregatorBlock> _blocks;

    [ComponentName(Name = "norm")]
    private readonly Norm _norm;

    /// <summary>S starts normal with standard deviation 0.02; all maps as the library's linear layers do: uniform within 1 / sqrt(fan in).</summary>
    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public TransformerAggregator(TransformerAggregatorOptions options, ComponentContext context) : base("transformer")
    {
        using (no_grad())
            _segments = options.SegmentPositions ? new Parameter(empty(2, context.Width).normal_(0, SegmentDeviation).DetachFromDisposeScope()) : null;
        _blocks = new([.. Enumerable.Range(0, options.Layers).Select(layer => new AggregatorBlock(options, context with { Layer = layer, Depth = options.Layers }))]);
        _norm = options.Norm.Create(context with { Layer = options.Layers, Depth = options.Layers });
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Algebra Algebra => Algebra.ExactlyBracketed;

    /// <inheritdoc/>
    public override ChunkState Aggregate(ChunkState earlier, ChunkState later)
    {
        var (c, D) = (later.Vectors.shape[2], later.Vectors.shape[3]);
        var x = cat(new[] { earlier.Vectors, later.Vectors }, 2).flatten(0, 1);
        if (_segments is not null)
            x = x + _segments.unsqueeze(1).expand(2, c, D).reshape(2 * c, D);
        foreach (var (depth, block) in _blocks.Index())
            x = block.Forward(x, depth == _blocks.Count - 1 ? c : 2 * c);
        return new(_norm.call(x).view(later.Vectors.shape));
    }
}

/// <summary>Makes <see cref="TransformerAggregator"/>.</summary>
public sealed class TransformerAggregatorFactory : IComponentFactory<Aggregator, TransformerAggregatorOptions>
{
    /// <inheritdoc/>
    public string Name => "transformer";

    /// <inheritdoc/>
    public string Description => "A Transformer over a pair of chunks, of which the right half stays: Transformer-PSM (arXiv 2506.10918).";

    /// <inheritdoc/>
    public Aggregator Create(TransformerAggregatorOptions options, ComponentContext context) => new TransformerAggregator(options, context);
}
