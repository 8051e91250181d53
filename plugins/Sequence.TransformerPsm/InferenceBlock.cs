using Sequence.Blocks;
using Sequence.Components;
using Sequence.Mixers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.TransformerPsm;

/// <summary>A pre-norm block of <see cref="Inference"/>: x = x + mixer(norm(x)); x = x + channelMixer(norm(x)).</summary>
internal sealed class InferenceBlock : nn.Module
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

    /// <exception cref="ArgumentException">The mixer's state grows by tensors.</exception>
    public InferenceBlock(InferenceOptions options, ComponentContext context) : base("block")
    {
        _mixerNorm = options.Norm.Create(context);
        _mixer = options.Mixer.Create(context);
        if (_mixer.Cost.Growth == StateGrowth.Logarithmic)
            throw new ArgumentException($"inference.mixer: the state of \"{options.Mixer.Name}\" grows by tensors, and that of an open chunk must not: name a mixer that is not a prefix scan itself.");
        _channelMixer = options.ChannelMixer?.Create(context);
        _channelNorm = _channelMixer is null ? null : options.Norm.Create(context);
        _dropout = options.Dropout;
        RegisterComponents();
    }

    public SequenceMixer Mixer => _mixer;

    /// <summary>The last <paramref name="keep"/> outputs: [n, T, D] -> [n, keep, D].</summary>
    public Tensor Forward(Tensor x, long keep)
    {
        var mixed = _mixer.Forward(_mixerNorm.call(x), SequenceContext.Dense);
        var T = x.shape[1];
        return Outputs(x.narrow(1, T - keep, keep), mixed.narrow(1, T - keep, keep));
    }

    /// <summary>[B, t, D] -> [B, t, D]; the mixer's state moves on. Where no <paramref name="outputs"/> are needed, x comes back.</summary>
    public Tensor Advance(Tensor x, SequenceContext context, MixerState state, bool outputs)
    {
        var mixed = _mixer.Advance(_mixerNorm.call(x), context, state);
        return outputs ? Outputs(x, mixed) : x;
    }

    private Tensor Outputs(Tensor x, Tensor mixed)
    {
        x = x + Dropped(mixed);
        return _channelMixer is null ? x : x + Dropped(_channelMixer.call(_channelNorm!.call(x)));
    }

    private Tensor Dropped(Tensor branch) => _dropout > 0 ? nn.functional.dropout(branch, _dropout, training) : branch;
}
