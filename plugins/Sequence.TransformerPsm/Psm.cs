using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.TransformerPsm;

/// <summary>How Enc tells the tokens of a chunk apart.</summary>
public enum ChunkPositions
{
    /// <summary>A learned vector for each place in a chunk, the same in every chunk; none at c = 1, where there is one place.</summary>
    Learned,

    /// <summary>Not at all: left to the mixers of Inf and to the embeddings.</summary>
    None,
}

/// <summary>Options of <see cref="Psm"/>.</summary>
public sealed record PsmOptions
{
    /// <summary>c, tokens a chunk. Small is like a recurrence, large like a Transformer; at c >= T / 2 it is one.</summary>
    [Range(1, 65_536)]
    public int ChunkSize { get; init; } = 16;

    /// <summary>How Enc tells the tokens of a chunk apart.</summary>
    public ChunkPositions Positions { get; init; } = ChunkPositions.Learned;

    /// <summary>Agg.</summary>
    [DefaultComponent("transformer")]
    public Component<Aggregator> Aggregator { get; init; } = null!;

    /// <summary>Inf.</summary>
    public InferenceOptions Inference { get; init; } = new();
}

/// <summary>
/// The Prefix-Scannable Model over chunks of vectors (arXiv 2506.10918, section 4), whose states are chunks too, M = R^(c x D):
/// <code>
/// x_i = Enc(C_i) = C_i + P                          [c, D]      P: a vector for each place in a chunk
/// s_i = x_0 Agg x_1 Agg ... Agg x_(i-1)             [c, D]      with the brackets of the Blelloch tree; no s_0
/// y_i = RH(Inf([s_i | x_i]))                        [c, D]      a causal stack; RH: the right half; Inf(x_0) for i = 0
/// </code>
/// Every output reads its own token and all before it, the first of a chunk included. With the aggregator <c>transformer</c> it is Transformer-PSM.
/// </summary>
public sealed class Psm : PrefixLayer<ChunkState>
{
    private const double PositionDeviation = 0.02;

    [ComponentName(Name = "positions")]
    private readonly Parameter? _positions;

    [ComponentName(Name = "aggregator")]
    private readonly Aggregator _aggregator;

    [ComponentName(Name = "inference")]
    private readonly Inference _inference;

    private readonly int _chunkSize, _width;

    /// <summary>P starts normal with standard deviation 0.02, as embeddings do.</summary>
    /// <exception cref="ArgumentException">A part does not fit the width, or a chunk.</exception>
    public Psm(PsmOptions options, ComponentContext context) : base("psm")
    {
        (_chunkSize, _width) = (options.ChunkSize, context.Width);
        using (no_grad())
        {
            _positions = options.Positions == ChunkPositions.Learned && _chunkSize > 1
                ? new Parameter(empty(_chunkSize, _width).normal_(0, PositionDeviation).DetachFromDisposeScope())
                : null;
        }

        _aggregator = options.Aggregator.Create(context with { ChunkSize = _chunkSize });
        _inference = new(options.Inference, context);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int ChunkSize => _chunkSize;

    /// <inheritdoc/>
    public override IAggregationOperator<ChunkState> Aggregator => _aggregator;

    /// <inheritdoc/>
    public override long OpenBytes => _inference.BytesAfter(2L * _chunkSize);

    /// <inheritdoc/>
    public override ChunkState Encode(Tensor chunks) => new(_positions is null ? chunks : chunks + _positions);

    /// <inheritdoc/>
    public override Tensor Infer(ChunkState? prefixes, Tensor chunks)
    {
        var x = Encode(chunks).Vectors;
        if (prefixes is not null)
            x = cat(new[] { prefixes.Vectors, x }, 2);
        return _inference.Forward(x.flatten(0, 1), keep: _chunkSize).view(chunks.shape);
    }

    /// <inheritdoc/>
    public override MixerState Open(ChunkState? prefix, int batch)
    {
        var state = _inference.CreateState(batch);
        if (prefix is not null)
            _inference.Read(prefix.Vectors.squeeze(1), state);
        return state;
    }

    /// <inheritdoc/>
    public override Tensor Continue(Tensor x, SequenceContext context, MixerState chunk)
    {
        var state = (InferenceState)chunk;
        return _inference.Advance(_positions is null ? x : x + Places(x, state), context, state);
    }

    /// <inheritdoc/>
    public override Tensor CreateChunk(int batch)
    {
        var any = parameters().First();
        return zeros([batch, _chunkSize, _width], any.dtype, any.device);
    }

    /// <summary>P of the next t tokens of each row, [B, t, D]; the last place stands for padded ones beyond the chunk.</summary>
    private Tensor Places(Tensor x, InferenceState state)
    {
        // the prefix in front of every chunk but the first is c positions long
        var (B, t) = (x.shape[0], x.shape[1]);
        var places = state.Positions.SelectMany(seen => Enumerable.Range(0, (int)t).Select(i => Math.Min(seen % _chunkSize + i, _chunkSize - 1)));
        return _positions!.index_select(0, tensor(places.ToArray(), device: x.device)).view(B, t, _width);
    }
}

/// <summary>Makes <see cref="Psm"/>.</summary>
public sealed class PsmFactory : IComponentFactory<ScanLayer, PsmOptions>
{
    /// <inheritdoc/>
    public string Name => "psm";

    /// <inheritdoc/>
    public string Description => "Prefix-scannable model: attention inside chunks, any aggregator between them; Transformer-PSM by default (arXiv 2506.10918).";

    /// <inheritdoc/>
    public ScanLayer Create(PsmOptions options, ComponentContext context) => new Psm(options, context);
}
