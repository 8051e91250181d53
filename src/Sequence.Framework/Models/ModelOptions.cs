using System.ComponentModel.DataAnnotations;
using Sequence.Blocks;
using Sequence.Components;
using Sequence.Mixers;

namespace Sequence.Framework.Models;

/// <summary>A stack of blocks between an embedding and a head: the section <c>model</c> of a configuration.</summary>
public sealed record ModelOptions
{
    /// <summary>Free text for readers: why a value is what it is.</summary>
    public string? Note { get; init; }

    /// <summary>Model width D.</summary>
    [Range(1, 65_536)]
    public required int DModel { get; init; }

    /// <summary>The blocks, first to last.</summary>
    [MinLength(1)]
    public required IReadOnlyList<BlockOptions> Blocks { get; init; }

    /// <summary>The norm in front of every mixer, every channel mixer and the head.</summary>
    public required Component<Norm> Norm { get; init; }

    /// <summary>How one vector a sequence is read out; needed for sequence targets, refused for token targets.</summary>
    public Component<ReadOut>? ReadOut { get; init; }

    /// <summary>Length of a learned table of absolute positions added to the embeddings; null for none.</summary>
    [Range(1, 1 << 24)]
    public int? LearnedPositions { get; init; }

    /// <summary>Whether the head of a language model shares the embedding's weights.</summary>
    public bool TieEmbeddings { get; init; } = true;

    /// <summary>Dropout after the embedding and in each residual branch.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }
}

/// <summary>One block: x + mixer(norm(x)), then x + channelMixer(norm(x)).</summary>
public sealed record BlockOptions
{
    /// <summary>How many times the block stands in the stack, each with weights of its own.</summary>
    [Range(1, 1_024)]
    public int Repeat { get; init; } = 1;

    /// <summary>Mixes along time.</summary>
    public required Component<SequenceMixer> Mixer { get; init; }

    /// <summary>Mixes the channels of each token; null for a block without one.</summary>
    public Component<ChannelMixer>? ChannelMixer { get; init; }
}
