using Sequence.Blocks;
using Sequence.Components;
using Sequence.Mixers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.TransformerPsm;

/// <summary>
/// Inf: a causal stack of pre-norm blocks over a prefix and a chunk, [s | x], [2c, D]. Its state inside a chunk is that of its mixers: with attention
/// a key-value cache of at most 2c positions.
/// </summary>
internal sealed class Inference : nn.Module
{
    private const double SegmentDeviation = 0.02;

    // of the prefix, of the chunk
    [ComponentName(Name = "segments")]
    private readonly Parameter? _segments;

    [ComponentName(Name = "blocks")]
    private readonly ModuleList<InferenceBlock> _blocks;

    [ComponentName(Name = "norm")]
    private readonly Norm? _norm;

    public Inference(InferenceOptions options, ComponentContext context) : base("inference")
    {
        using (no_grad())
            _segments = options.SegmentPositions ? new Parameter(empty(2, context.Width).normal_(0, SegmentDeviation).DetachFromDisposeScope()) : null;
        _blocks = new([.. Enumerable.Range(0, options.Layers).Select(layer => new InferenceBlock(options, context with { Layer = layer, Depth = options.Layers }))]);
        _norm = options.FinalNorm ? options.Norm.Create(context with { Layer = options.Layers, Depth = options.Layers }) : null;
        RegisterComponents();
    }

    /// <summary>Bytes that one row of the state holds after <paramref name="positions"/> positions.</summary>
    public long BytesAfter(long positions) => _blocks.Sum(block => block.Mixer.Cost.BytesAfter(positions));

    /// <summary>The last <paramref name="keep"/> outputs: [n, T, D] -> [n, keep, D].</summary>
    public Tensor Forward(Tensor x, long keep)
    {
        if (_segments is not null)
            x = x + cat(new[] { _segments[0].expand(x.shape[1] - keep, -1), _segments[1].expand(keep, -1) }, 0);
        foreach (var (depth, block) in _blocks.Index())
            x = block.Forward(x, depth == _blocks.Count - 1 ? keep : x.shape[1]);
        return Normed(x);
    }

    public InferenceState CreateState(int batch) => new(new long[batch], [.. _blocks.Select(block => block.Mixer.CreateState(batch))]);

    /// <summary>Takes a prefix in, whose outputs nobody needs: [B, c, D].</summary>
    public void Read(Tensor prefix, InferenceState state)
    {
        if (_segments is not null)
            prefix = prefix + _segments[0];
        foreach (var (depth, block) in _blocks.Index())
            prefix = block.Advance(prefix, SequenceContext.Dense, state.Layers[depth], outputs: depth < _blocks.Count - 1);
        state.Count(prefix.shape[1], SequenceContext.Dense);
    }

    /// <summary>Goes on: [B, t, D] -> [B, t, D].</summary>
    public Tensor Advance(Tensor x, SequenceContext context, InferenceState state)
    {
        if (_segments is not null)
            x = x + _segments[1];
        foreach (var (depth, block) in _blocks.Index())
            x = block.Advance(x, context, state.Layers[depth], outputs: true);
        state.Count(x.shape[1], context);
        return Normed(x);
    }

    private Tensor Normed(Tensor x) => _norm is null ? x : _norm.call(x);
}
