using System.ComponentModel.DataAnnotations;

namespace Sequence.Framework.Sessions;

/// <summary>How tokens are chosen, and where to stop.</summary>
public sealed record GenerationOptions
{
    /// <summary>Tokens to generate at most.</summary>
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

    /// <summary>Only tokens at least this many times as probable as the likeliest are drawn from; null for all.</summary>
    [Range(0.0, 1.0)]
    public double? MinP { get; init; }

    /// <summary>
    /// theta of CTRL (arXiv 1909.05858): the logits of tokens among the last <see cref="RepetitionWindow"/> are divided by it where they are positive, multiplied
    /// where they are negative. 1 for no penalty.
    /// </summary>
    [Range(0.01, 100.0)]
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>How many of the last tokens, prompts among them, are penalised.</summary>
    [Range(1, RecentTokens.Longest)]
    public int RepetitionWindow { get; init; } = 64;

    /// <summary>Tokens after which the text ends; they are not shown.</summary>
    public IReadOnlyList<long> StopTokens { get; init; } = [];

    /// <summary>The text ends before the first of these.</summary>
    public IReadOnlyList<string> StopTexts { get; init; } = [];

    /// <summary>Begins the random stream anew: the same seed gives the same text. Null goes on with the stream of the session.</summary>
    public long? Seed { get; init; }

    /// <summary>Refuses values out of their ranges.</summary>
    /// <exception cref="ArgumentException">One is.</exception>
    internal void Validate()
    {
        try
        {
            Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        }
        catch (ValidationException problem)
        {
            throw new ArgumentException(problem.Message, problem);
        }

        if (StopTexts.Any(text => text.Length == 0))
            throw new ArgumentException($"{nameof(StopTexts)}: an empty text stands everywhere and would end everything at once.");
    }
}
