using System.ComponentModel.DataAnnotations;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;

namespace Sequence.Harness.Throughput;

/// <summary>
/// Models in passes over whole sequences, without having been trained: the root of a configuration for <c>sequence bench</c> that says <c>lengths</c>. Batches have the same
/// number of tokens at every length, so that what grows by the token is what the length costs.
/// </summary>
public sealed record ThroughputOptions : IValidatableObject
{
    /// <summary>Free text for readers.</summary>
    public string? Note { get; init; }

    /// <summary>The models, by the names they have in the report.</summary>
    [MinLength(1)]
    public required IReadOnlyDictionary<string, ThroughputEntry> Models { get; init; }

    /// <summary>Tokens of a sequence, rising.</summary>
    [MinLength(1)]
    public required IReadOnlyList<long> Lengths { get; init; }

    /// <summary>Tokens of a batch: of so many sequences as they make.</summary>
    [Range(1, 1 << 28)]
    public long BatchTokens { get; init; } = 32_768;

    /// <summary>Passes that are timed. Each model takes one, then all take the next, so that drifts of the machine hit all alike.</summary>
    [Range(1, 1_000)]
    public int Rounds { get; init; } = 5;

    /// <summary>Tokens that there are.</summary>
    [Range(1, 1 << 24)]
    public int Vocabulary { get; init; } = 256;

    /// <summary>Seed of the weights and of the tokens.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads of the tensor library; null for one a processor.</summary>
    [Range(1, 4_096)]
    public int? Threads { get; init; }

    /// <summary>How products are computed.</summary>
    public Precision Precision { get; init; }

    /// <summary>Which form of a kernel runs where there are several, for models that say nothing else.</summary>
    public KernelPreference Kernels { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Lengths.Any(length => length < 1))
            yield return new("a length is less than one token.", [nameof(Lengths)]);
        if (Lengths.Zip(Lengths.Skip(1)).Any(pair => pair.First >= pair.Second))
            yield return new("lengths do not rise.", [nameof(Lengths)]);
        if (Lengths.FirstOrDefault(length => length > 0 && BatchTokens % length != 0) is > 0 and var odd)
            yield return new($"{BatchTokens} tokens are no whole number of sequences of {odd}.", [nameof(BatchTokens)]);
    }
}

/// <summary>One model of a benchmark.</summary>
public sealed record ThroughputEntry
{
    /// <summary>Free text for readers.</summary>
    public string? Note { get; init; }

    /// <summary>The model.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>Which form of a kernel runs in it; null as for the others. Attention in its <c>reference</c> form has its scores in memory.</summary>
    public KernelPreference? Kernels { get; init; }
}
