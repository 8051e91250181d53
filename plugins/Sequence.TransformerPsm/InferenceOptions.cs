using System.ComponentModel.DataAnnotations;
using Sequence.Blocks;
using Sequence.Components;
using Sequence.Mixers;

namespace Sequence.TransformerPsm;

/// <summary>Options of <see cref="Inference"/>.</summary>
public sealed record InferenceOptions
{
    /// <summary>Blocks.</summary>
    [Range(1, 1_024)]
    public int Layers { get; init; } = 1;

    /// <summary>Mixes along [s | x]; any causal mixer whose state keeps its number of tensors.</summary>
    [DefaultComponent("attention")]
    public Component<SequenceMixer> Mixer { get; init; } = null!;

    /// <summary>Mixes the channels of each vector; null for none.</summary>
    [DefaultComponent("mlp")]
    public Component<ChannelMixer>? ChannelMixer { get; init; }

    /// <summary>The norms.</summary>
    [DefaultComponent("layer")]
    public Component<Norm> Norm { get; init; } = null!;

    /// <summary>Whether a norm ends the stack. Without one it leaves that to the head, where the layer is the whole model.</summary>
    public bool FinalNorm { get; init; } = true;

    /// <summary>
    /// Whether one learned vector is added to the prefix and one to the chunk; the paper has none. Without, one layer of attention at c = 1 cannot tell a
    /// second token like the first from the first: [a | a] attends to what [a] does.
    /// </summary>
    public bool SegmentPositions { get; init; }

    /// <summary>Dropout of each branch.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }
}
