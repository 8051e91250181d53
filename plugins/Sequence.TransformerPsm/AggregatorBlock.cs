using Sequence.Blocks;
using Sequence.Components;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.TransformerPsm;

/// <summary>A pre-norm block of <see cref="TransformerAggregator"/>: x = x + attention(norm(x)); x = x + channelMixer(norm(x)).</summary>
internal sealed class AggregatorBlock : nn.Module
{
    [ComponentName(Name = "attention_norm")]
    private readonly Norm _attentionNorm;

    [ComponentName(Name = "attention")]
    private readonly PairAttention _attention;

    [ComponentName(Name = "channel_norm")]
    private readonly Norm? _channelNorm;

    [ComponentName(Name = "channel_mixer")]
    private readonly ChannelMixer? _channelMixer;

    private readonly double _dropout;

    public AggregatorBlock(TransformerAggregatorOptions options, ComponentContext context) : base("block")
    {
        _attentionNorm = options.Norm.Create(context);
        _attention = new(context.Width, options.Heads, options.Bidirectional);
        _channelMixer = options.ChannelMixer?.Create(context);
        _channelNorm = _channelMixer is null ? null : options.Norm.Create(context);
        _dropout = options.Dropout;
        RegisterComponents();
    }

    /// <summary>The last <paramref name="keep"/> outputs: [n, 2c, D] -> [n, keep, D].</summary>
    public Tensor Forward(Tensor x, long keep)
    {
        var mixed = _attention.Forward(_attentionNorm.call(x), keep);
        x = x.narrow(1, x.shape[1] - keep, keep) + Dropped(mixed);
        return _channelMixer is null ? x : x + Dropped(_channelMixer.call(_channelNorm!.call(x)));
    }

    private Tensor Dropped(Tensor branch) => _dropout > 0 ? nn.functional.dropout(branch, _dropout, training) : branch;
}
