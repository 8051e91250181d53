using Sequence.Blocks;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Scans;
using Sequence.Kernels.Registry;
using Sequence.Kernels.Steps;
using Sequence.Mixers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>
/// A mixer and, where there is one, a channel mixer on the residual stream [B, T, D], joined to it as <see cref="ResidualStyle"/> says; with
/// pre-norm:
/// <code>
/// x = x + s dropout(mixer(norm(x)))
/// x = x + s dropout(channelMixer(norm(x)))
/// </code>
/// </summary>
internal sealed class Block : nn.Module
{
    // null without a residual stream
    [ComponentName(Name = "mixer_norm")]
    private readonly Norm? _mixerNorm;

    [ComponentName(Name = "mixer")]
    private readonly SequenceMixer _mixer;

    // N' of the sandwich
    [ComponentName(Name = "mixer_output_norm")]
    private readonly Norm? _mixerOutputNorm;

    [ComponentName(Name = "mixer_scale")]
    private readonly Parameter? _mixerScale;

    // null without a channel mixer or a residual stream, or where it shares the mixer's norm
    [ComponentName(Name = "channel_norm")]
    private readonly Norm? _channelNorm;

    [ComponentName(Name = "channel_mixer")]
    private readonly ChannelMixer? _channelMixer;

    [ComponentName(Name = "channel_output_norm")]
    private readonly Norm? _channelOutputNorm;

    [ComponentName(Name = "channel_scale")]
    private readonly Parameter? _channelScale;

    private readonly double _constantScale = 1;
    private readonly double _dropout;

    // why norms and channel mixer take no step in place, in words; null where they do
    private readonly string? _mapRefusal;

    public Block(BlockOptions options, ModelOptions model, ComponentContext context) : base("block")
    {
        var norm = options.Norm ?? model.Norm;
        var scale = options.ResidualScale ?? model.ResidualScale;
        Residual = options.Residual ?? model.Residual;
        _dropout = model.Dropout;

        _mixerNorm = Residual == ResidualStyle.None ? null : norm.Create(context);
        _mixer = options.Mixer!.Create(context);
        if (options.Schedule is { } schedule)
            Scheduled(_mixer, options.Mixer.Name).Schedule = schedule;
        if (options.Cache is { } own)
            KeeperOf(_mixer, options.Mixer.Name).Policy = own.Create(context);
        else if (_mixer is EntryMixer keeper)
            keeper.Policy = model.Cache?.Create(context);
        _mixerOutputNorm = Residual == ResidualStyle.Sandwich ? norm.Create(context) : null;
        if (options.ChannelMixer is { } channelMixer)
        {
            _channelNorm = Residual is ResidualStyle.Parallel or ResidualStyle.None ? null : norm.Create(context);
            _channelMixer = channelMixer.Create(context);
            _channelOutputNorm = Residual == ResidualStyle.Sandwich ? norm.Create(context) : null;
        }

        if (scale is { Learned: true })
        {
            _mixerScale = Scale(scale, context);
            _channelScale = _channelMixer is null ? null : Scale(scale, context);
        }
        else if (scale is not null)
        {
            _constantScale = scale.At(context.Depth);
        }

        _mapRefusal = ((nn.Module?[])[_mixerNorm, _mixerOutputNorm, _channelNorm, _channelMixer, _channelOutputNorm])
            .Where(part => part is not (null or IInPlaceMap))
            .Select(part => $"{part!.GetName()} has no form in place")
            .FirstOrDefault();
        RegisterComponents();
    }

    public SequenceMixer Mixer => _mixer;

    /// <summary>How the mixer computed its first pass; null before it.</summary>
    public IReadOnlyList<FormUsed>? Forms { get; private set; }

    public ResidualStyle Residual { get; }

    public Tensor Forward(Tensor x, SequenceContext context) => Pass(x, h => Forms is null ? Recorded(() => _mixer.Forward(h, context)) : _mixer.Forward(h, context));

    public Tensor Advance(Tensor x, SequenceContext context, MixerState state) => Pass(x, h => Forms is null ? Recorded(() => HeldState.Advance(_mixer, h, context, state)) : HeldState.Advance(_mixer, h, context, state));

    /// <summary>Why no step can be taken in place, in words; null where it can.</summary>
    public string? StepRefusal => _mixer is IInPlaceStep step ? step.StepRefusal ?? _mapRefusal : $"{_mixer.GetName()} has no step in place";

    /// <summary>Why its operations are not the same for every token, in words; null where they are.</summary>
    public string? ReplayRefusal => _mixer is ITensorStep ? null : _mixer is EntryMixer
        ? $"{_mixer.GetName()} keeps entries of tokens, whose number changes"
        : $"{_mixer.GetName()} decides on the host what a token does";

    /// <summary>One token a row, x [B, D] in place.</summary>
    public void Step(Tensor x, StepBuffers buffers, MixerState state)
    {
        var (h, y) = (buffers.Normed, buffers.Branch);
        if (Residual == ResidualStyle.Parallel)
        {
            Map(_mixerNorm, x, h);
            ((IInPlaceStep)_mixer).Step(h, state, y);
            Join(x, y, _mixerScale);
            if (_channelMixer is null)
                return;
            Map(_channelMixer, h, y);
            Join(x, y, _channelScale);
            return;
        }

        ((IInPlaceStep)_mixer).Step(Entering(x, h, _mixerNorm), state, y);
        Leave(x, y, _mixerNorm, _mixerOutputNorm, _mixerScale);
        if (_channelMixer is null)
            return;
        Map(_channelMixer, Entering(x, h, _channelNorm), y);
        Leave(x, y, _channelNorm, _channelOutputNorm, _channelScale);
    }

    private static void Map(nn.Module? map, Tensor x, Tensor output) => ((IInPlaceMap)map!).Map(x, output);

    /// <summary>What the branch sees: N(x) in h, or x itself.</summary>
    private Tensor Entering(Tensor x, Tensor h, Norm? norm)
    {
        if (Residual is not (ResidualStyle.PreNorm or ResidualStyle.Sandwich))
            return x;
        Map(norm, x, h);
        return h;
    }

    /// <summary>Joins what the branch gave to x.</summary>
    private void Leave(Tensor x, Tensor y, Norm? norm, Norm? outputNorm, Parameter? scale)
    {
        switch (Residual)
        {
            case ResidualStyle.PreNorm:
                Join(x, y, scale);
                break;
            case ResidualStyle.PostNorm:
                Join(x, y, scale);
                Map(norm, x, x);
                break;
            case ResidualStyle.ResPostNorm:
                Map(norm, y, y);
                Join(x, y, scale);
                break;
            case ResidualStyle.Sandwich:
                Map(outputNorm, y, y);
                Join(x, y, scale);
                break;
            case ResidualStyle.None:
                Vectors.Of(x).Fill(0);
                Join(x, y, scale);
                break;
            default:
                throw new InvalidOperationException($"Residual style {Residual} has no formula.");
        }
    }

    /// <summary>x + s y, in place.</summary>
    private void Join(Tensor x, Tensor y, Parameter? scale)
    {
        if (scale is not null)
            Vectors.Of(x).PlusProduct(Vectors.Of(y), Vectors.Shared(scale));
        else
            Vectors.Of(x).Mix(1, Vectors.Of(y), _constantScale);
    }

    private static IScheduledMixer Scheduled(SequenceMixer mixer, string name) =>
        mixer as IScheduledMixer ?? throw new ArgumentException($"schedule: \"{name}\" is not a scan, so there is nothing to schedule. Leave it out.");

    private static EntryMixer KeeperOf(SequenceMixer mixer, string name) =>
        mixer as EntryMixer ?? throw new ArgumentException($"cache: \"{name}\" keeps no entries of tokens, so there is nothing for a cache policy to decide. Leave it out.");

    private static Parameter Scale(ResidualScale scale, ComponentContext context) =>
        new(full(context.Width, scale.At(context.Depth)).DetachFromDisposeScope());

    private Tensor Recorded(Func<Tensor> mix)
    {
        using var record = FormRecord.Begin();
        var y = mix();
        Forms = record.Forms;
        return y;
    }

    private Tensor Pass(Tensor x, Func<Tensor, Tensor> mix)
    {
        if (Residual == ResidualStyle.Parallel)
            return AddBoth(x, mix);
        x = Add(x, mix, _mixerNorm, _mixerOutputNorm, _mixerScale);
        return _channelMixer is null ? x : Add(x, _channelMixer.call, _channelNorm, _channelOutputNorm, _channelScale);
    }

    private Tensor Add(Tensor x, Func<Tensor, Tensor> f, Norm? norm, Norm? outputNorm, Parameter? scale)
    {
        using var scope = NewDisposeScope();
        x = Residual switch
        {
            ResidualStyle.PreNorm => x + Branch(f(norm!.call(x)), scale),
            ResidualStyle.PostNorm => norm!.call(x + Branch(f(x), scale)),
            ResidualStyle.ResPostNorm => x + Branch(norm!.call(f(x)), scale),
            ResidualStyle.Sandwich => x + Branch(outputNorm!.call(f(norm!.call(x))), scale),
            ResidualStyle.None => Scaled(f(x), scale),
            _ => throw new InvalidOperationException($"Residual style {Residual} has no formula."),
        };
        return x.MoveToOuterDisposeScope();
    }

    private Tensor AddBoth(Tensor x, Func<Tensor, Tensor> mix)
    {
        using var scope = NewDisposeScope();
        var h = _mixerNorm!.call(x);
        x += Branch(mix(h), _mixerScale);
        if (_channelMixer is not null)
            x += Branch(_channelMixer.call(h), _channelScale);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>s dropout(y).</summary>
    private Tensor Branch(Tensor y, Parameter? scale) => Scaled(nn.functional.dropout(y, _dropout, training), scale);

    /// <summary>s y.</summary>
    private Tensor Scaled(Tensor y, Parameter? scale) => scale is not null ? y * scale : _constantScale == 1 ? y : y * _constantScale;
}
