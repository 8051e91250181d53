using Sequence.Blocks;
using Sequence.Components;
using Sequence.Mixers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>
/// One pre-norm block over [B, T, D]:
/// <code>
/// x = x + dropout(mixer(norm(x)))
/// x = x + dropout(channelMixer(norm(x)))
/// </code>
/// </summary>
internal sealed class Block : nn.Module
{
    [ComponentName(Name = "mixer_norm")]
    private readonly Norm _mixerNorm;

    [ComponentName(Name = "mixer")]
    private readonly SequenceMixer _mixer;

    [ComponentName(Name = "channel_norm")]
    private readonly Norm? _channelNorm;

    [ComponentName(Name = "channel_mixer")]
    private readonly ChannelMixer? _channelMixer;

    private readonly double _dropout;

    public Block(BlockOptions options, Component<Norm> norm, double dropout, ComponentContext context) : base("block")
    {
        _mixerNorm = norm.Create(context);
        _mixer = options.Mixer.Create(context);
        if (options.ChannelMixer is { } channelMixer)
        {
            _channelNorm = norm.Create(context);
            _channelMixer = channelMixer.Create(context);
        }

        _dropout = dropout;
        RegisterComponents();
    }

    public SequenceMixer Mixer => _mixer;

    public Tensor Forward(Tensor x, SequenceContext context) =>
        MixChannels(Add(x, () => _mixer.Forward(_mixerNorm.call(x), context)));

    public Tensor Advance(Tensor x, SequenceContext context, MixerState state) =>
        MixChannels(Add(x, () => _mixer.Advance(_mixerNorm.call(x), context, state)));

    private Tensor MixChannels(Tensor x) =>
        _channelMixer is null ? x : Add(x, () => _channelMixer.call(_channelNorm!.call(x)));

    private Tensor Add(Tensor x, Func<Tensor> branch)
    {
        using var scope = NewDisposeScope();
        return (x + nn.functional.dropout(branch(), _dropout, training)).MoveToOuterDisposeScope();
    }
}
