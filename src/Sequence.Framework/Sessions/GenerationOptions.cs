using System.ComponentModel.DataAnnotations;

namespace Sequence.Framework.Sessions;

/// <summary>How tokens are chosen.</summary>
public sealed record GenerationOptions
{
    /// <summary>Tokens to generate.</summary>
    [Range(1, int.MaxValue)]
    public int MaxTokens { get; init; } = 200;

    /// <summary>Divides the logits; 0 takes the likeliest token always.</summary>
    [Range(0.0, 100.0)]
    public double Temperature { get; init; } = 1;

    /// <summary>Only the K likeliest tokens are drawn from; null for all.</summary>
    [Range(1, int.MaxValue)]
    public int? TopK { get; init; }

    /// <summary>Only the fewest likeliest tokens whose probabilities reach P are drawn from; null for all.</summary>
    [Range(1e-6, 1.0)]
    public double? TopP { get; init; }

    /// <summary>Seed of the draws: the same seed gives the same text.</summary>
    public long Seed { get; init; } = 1;
}
