using System.ComponentModel.DataAnnotations;
using Sequence.Blocks;
using Sequence.Caching;
using Sequence.Components;

namespace Sequence.Framework.Models;

/// <summary>A stack of blocks between an embedding and a head: the section <c>model</c> of a configuration.</summary>
public sealed record ModelOptions
{
    /// <summary>Free text for readers: why a value is what it is.</summary>
    public string? Note { get; init; }

    /// <summary>Model width D.</summary>
    [Range(1, 65_536)]
    public required int DModel { get; init; }

    /// <summary>The blocks and patterns of blocks, first to last.</summary>
    [MinLength(1)]
    public required IReadOnlyList<BlockOptions> Blocks { get; init; }

    /// <summary>The norm of the head, and of every block that names none of its own.</summary>
    public required Component<Norm> Norm { get; init; }

    /// <summary>Where norms stand and how the branches of a block join the residual stream, in every block that does not say otherwise.</summary>
    public ResidualStyle Residual { get; init; } = ResidualStyle.PreNorm;

    /// <summary>The factor on each residual branch, in every block that does not say otherwise; null for none.</summary>
    public ResidualScale? ResidualScale { get; init; }

    /// <summary>Which entries caches keep, in every block whose mixer keeps entries of tokens and that does not say otherwise; null for all.</summary>
    public Component<CachePolicy>? Cache { get; init; }

    /// <summary>How sessions hold states that are no caches of entries, where they do not say otherwise; null for as they are computed. Training knows nothing of it.</summary>
    public Component<StatePolicy>? State { get; init; }

    /// <summary>How one vector a sequence is read out; needed for sequence targets, refused for token targets.</summary>
    public Component<ReadOut>? ReadOut { get; init; }

    /// <summary>Length of a learned table of absolute positions added to the embeddings; null for none.</summary>
    [Range(1, 1 << 24)]
    public int? LearnedPositions { get; init; }

    /// <summary>Standard deviation that the embedding starts with, and learned positions with it.</summary>
    [Range(1e-6, 100.0)]
    public double EmbeddingDeviation { get; init; } = 0.02;

    /// <summary>Whether the head of a language model shares the embedding's weights.</summary>
    public bool TieEmbeddings { get; init; } = true;

    /// <summary>Dropout after the embedding and in each residual branch.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }
}
