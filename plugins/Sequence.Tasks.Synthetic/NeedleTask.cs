using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Tasks.Synthetic.Needles;

namespace Sequence.Tasks.Synthetic;

/// <summary>Options of the task <c>needle</c>.</summary>
public sealed record NeedleOptions : IValidatableObject
{
    /// <summary>Tokens T of every haystack.</summary>
    [Range(1, 1 << 24)]
    public int Length { get; init; } = 512;

    /// <summary>The first so many places are where a needle may lie, each as likely; null for the first tenth.</summary>
    [Range(1, 1 << 24)]
    public int? NeedlePlaces { get; init; }

    /// <summary>Classes C, each as likely.</summary>
    [Range(2, 1 << 20)]
    public int Classes { get; init; } = 4;

    /// <summary>Needles R of a class, each as likely.</summary>
    [Range(1, 1 << 20)]
    public int NeedlesPerClass { get; init; } = 5;

    /// <summary>Token of the first needle; those of class c are <c>firstNeedle + R c</c> and the R - 1 after it.</summary>
    [Range(0, 1 << 24)]
    public int FirstNeedle { get; init; } = 10;

    /// <summary>The first token of noise.</summary>
    [Range(1, 1 << 24)]
    public int FirstNoise { get; init; } = 200;

    /// <summary>Tokens of noise, each as likely. They end the vocabulary.</summary>
    [Range(1, 1 << 24)]
    public int NoiseTokens { get; init; } = 100;

    /// <summary>Training examples, the same in every pass.</summary>
    [Range(1, 1 << 24)]
    public int TrainingExamples { get; init; } = 5_000;

    /// <summary>Validation examples: they choose the checkpoint.</summary>
    [Range(1, 1 << 24)]
    public int ValidationExamples { get; init; } = 1_000;

    /// <summary>Test examples.</summary>
    [Range(1, 1 << 24)]
    public int TestExamples { get; init; } = 1_000;

    /// <summary>Seed of all examples.</summary>
    public long Seed { get; init; } = 42;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (NeedlePlaces > Length)
            yield return new($"{NeedlePlaces} places for a needle, but a haystack has {Length} tokens.", [nameof(NeedlePlaces)]);
        var afterNeedles = FirstNeedle + (long)Classes * NeedlesPerClass;
        if (afterNeedles > FirstNoise)
            yield return new($"noise begins at {FirstNoise}, among the needles {FirstNeedle} to {afterNeedles - 1}: then noise would tell a class. Begin it at {afterNeedles} or later.", [nameof(FirstNoise)]);
    }
}

/// <summary>
/// A needle in a haystack: one token early in a long row of noise tells the class (the demonstration that goes with arXiv 2604.07716). Only needles tell
/// classes and they are never noise, so the tokens without their order decide: what is asked for is to select one token and to keep it, not to order.
/// </summary>
internal sealed class NeedleTask : ITask
{
    // Streams apart from each other, whatever small seed people choose.
    private const long TrainingStream = 0x747261696E696E67;
    private const long ValidationStream = 0x76616C6964617465;
    private const long TestStream = 0x7465737400000000;

    private readonly NeedleOptions _options;

    public NeedleTask(NeedleOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _options = options;
        var rule = new NeedleRule(options);
        Training = new Haystacks(rule, options.TrainingExamples, options.Seed ^ TrainingStream);
        Validation = new Haystacks(rule, options.ValidationExamples, options.Seed ^ ValidationStream);
        Test = new Haystacks(rule, options.TestExamples, options.Seed ^ TestStream);
    }

    public int Vocabulary => _options.FirstNoise + _options.NoiseTokens;

    public int Classes => _options.Classes;

    public TargetKind Targets => TargetKind.Sequence;

    public ITokenizer? Tokenizer => null;

    public IDataset Training { get; }

    public IDataset Validation { get; }

    public IDataset Test { get; }

    public IReadOnlyList<IMetric> CreateMetrics() => [new NeedleAccuracy()];
}

/// <summary>Makes <see cref="NeedleTask"/>.</summary>
public sealed class NeedleFactory : IComponentFactory<ITask, NeedleOptions>
{
    /// <inheritdoc/>
    public string Name => "needle";

    /// <inheritdoc/>
    public string Description => "A needle in a haystack: one token early in a long row of noise tells the class (with arXiv 2604.07716).";

    /// <inheritdoc/>
    public ITask Create(NeedleOptions options, ComponentContext context) => new NeedleTask(options);
}
