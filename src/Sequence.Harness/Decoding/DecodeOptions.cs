using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;

namespace Sequence.Harness.Decoding;

/// <summary>Models times cache policies, decoding token by token without having been trained: the root of a configuration for <c>sequence bench</c>.</summary>
public sealed record DecodeOptions : IValidatableObject
{
    /// <summary>Free text for readers.</summary>
    public string? Note { get; init; }

    /// <summary>The models, by the names they have in the report.</summary>
    [MinLength(1)]
    public required IReadOnlyDictionary<string, DecodeEntry> Models { get; init; }

    /// <summary>Tokens that stand before the first timed one, rising.</summary>
    [MinLength(1)]
    public required IReadOnlyList<long> Positions { get; init; }

    /// <summary>Tokens timed at each position.</summary>
    [Range(1, 1 << 24)]
    public int Tokens { get; init; } = 2_048;

    /// <summary>Tokens of a turn: each contender takes one at each position, then all take the next, so that drifts of the machine hit all alike.</summary>
    [Range(1, 1 << 20)]
    public int Turn { get; init; } = 64;

    /// <summary>Tokens of the pieces in which a prompt is taken in.</summary>
    [Range(1, 1 << 24)]
    public int Piece { get; init; } = 512;

    /// <summary>Sequences decoded side by side.</summary>
    [Range(1, 65_536)]
    public int Batch { get; init; } = 1;

    /// <summary>Tokens that there are.</summary>
    [Range(1, 1 << 24)]
    public int Vocabulary { get; init; } = 256;

    /// <summary>Seed of the weights and of the tokens.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads of the tensor library; null for one a processor.</summary>
    [Range(1, 4_096)]
    public int? Threads { get; init; }

    /// <summary>Which form of a kernel runs where there are several.</summary>
    public KernelPreference Kernels { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Tokens % Turn != 0)
            yield return new($"{Tokens} tokens are no whole number of turns of {Turn}.", [nameof(Turn)]);
        if (Positions.Zip(Positions.Skip(1)).Any(pair => pair.First >= pair.Second))
            yield return new("positions do not rise.", [nameof(Positions)]);
        if (Positions.Any(position => position <= Turn))
            yield return new($"a position is at most {Turn}, a turn, which is taken to warm up before it.", [nameof(Positions)]);
    }
}

/// <summary>One model of a benchmark.</summary>
public sealed record DecodeEntry
{
    /// <summary>Free text for readers.</summary>
    public string? Note { get; init; }

    /// <summary>The model.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>The cache policies it is measured under, by the names they have in the report, in place of the model's own. Null for the model as it is.</summary>
    [MinLength(1)]
    public IReadOnlyDictionary<string, Component<CachePolicy>>? Policies { get; init; }
}
