using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Sequence.Components;
using Sequence.Tasks.Text.Metrics;
using Sequence.Tasks.Text.Reading;
using Sequence.Tasks.Text.Tokenizers;

namespace Sequence.Tasks.Text;

/// <summary>Options of the task <c>language-model</c>: three files, or one that is cut by position.</summary>
public sealed record LanguageModelOptions : IValidatableObject
{
    /// <summary>One text that is cut into the splits; in place of <see cref="Train"/>, <see cref="Validation"/> and <see cref="Test"/>.</summary>
    public FilePath? Text { get; init; }

    /// <summary>Share of <see cref="Text"/>, from its end, that is for test.</summary>
    [Range(0.0001, 0.9)]
    public double TestFraction { get; init; } = 0.05;

    /// <summary>Share of <see cref="Text"/>, in front of the test part, that is for validation.</summary>
    [Range(0.0001, 0.9)]
    public double ValidationFraction { get; init; } = 0.05;

    /// <summary>Training text, plain or gzip.</summary>
    public FilePath? Train { get; init; }

    /// <summary>Validation text.</summary>
    public FilePath? Validation { get; init; }

    /// <summary>Test text.</summary>
    public FilePath? Test { get; init; }

    /// <summary>What the files must be.</summary>
    public SplitChecksums Sha256 { get; init; } = new();

    /// <summary>Between text and tokens.</summary>
    public required Component<ITokenizer> Tokenizer { get; init; }

    /// <summary>Tokens a window T.</summary>
    [Range(1, 1 << 24)]
    public int SequenceLength { get; init; } = 256;

    /// <summary>Tokens from the start of a window to the start of the next; null for T. Where it is less, evaluation scores each token once, the overlap being context.</summary>
    [Range(1, 1 << 24)]
    public int? Stride { get; init; }

    /// <summary>What is measured, the first ranking models; null for perplexity, and bits a token where tokens are bytes or characters.</summary>
    [MinLength(1)]
    public IReadOnlyList<Component<IMetric>>? Metrics { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (this is not ({ Text: not null, Train: null, Validation: null, Test: null } or { Text: null, Train: not null, Validation: not null, Test: not null }))
            yield return new("a language model needs either train, validation and test, or text alone, which is cut by position.");
        if (Stride > SequenceLength)
            yield return new($"{Stride} is above sequenceLength {SequenceLength}: tokens between two windows would never be seen.", [nameof(Stride)]);
        if (ValidationFraction + TestFraction >= 1)
            yield return new("with testFraction it is 1 or more: nothing is left for training.", [nameof(ValidationFraction)]);
    }
}

/// <summary>The next token at every position of a text.</summary>
internal sealed class LanguageModel : ITask
{
    private readonly LanguageModelOptions _options;

    public LanguageModel(LanguageModelOptions options)
    {
        _options = options;
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var (train, validation, test) = ReadSplits();
        Tokenizer = options.Tokenizer.Create(ComponentContext.None);
        Tokenizer.Fit([train.Text]);
        Training = Windows(train, scoreOnce: false);
        Validation = Windows(validation, scoreOnce: true);
        Test = Windows(test, scoreOnce: true);
    }

    public int Vocabulary => Tokenizer.Vocabulary;

    public int Classes => Tokenizer.Vocabulary;

    public TargetKind Targets => TargetKind.Token;

    public ITokenizer Tokenizer { get; }

    public IDataset Training { get; }

    public IDataset Validation { get; }

    public IDataset Test { get; }

    public IReadOnlyList<IMetric> CreateMetrics() => (_options.Metrics, Tokenizer) switch
    {
        ({ } chosen, _) => [.. chosen.Select(metric => metric.Create(ComponentContext.None))],
        (_, ByteTokenizer or CharacterTokenizer) => [new Perplexity(), new BitsPerToken()],
        _ => [new Perplexity()],
    };

    private (Split Train, Split Validation, Split Test) ReadSplits() => _options.Text is { } text
        ? Cut(text)
        : (Read(_options.Train!, "train", _options.Sha256.Train),
            Read(_options.Validation!, "validation", _options.Sha256.Validation),
            Read(_options.Test!, "test", _options.Sha256.Test));

    private (Split Train, Split Validation, Split Test) Cut(FilePath file)
    {
        var text = Read(file, "text", _options.Sha256.Text).Text;
        var test = Between(text.Length - (int)(text.Length * _options.TestFraction));
        var validation = Between(test - (int)(text.Length * _options.ValidationFraction));
        return (new(file.Full, "train", text[..validation]), new(file.Full, "validation", text[validation..test]), new(file.Full, "test", text[test..]));

        int Between(int index) => index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) ? index - 1 : index;
    }

    private static Split Read(FilePath file, string option, string? sha256) => new(file.Full, option, new TextFile(file, option, sha256).ReadToEnd());

    private TokenWindows Windows(Split split, bool scoreOnce)
    {
        var tokens = Array.ConvertAll(Tokenizer.Encode(split.Text), token => (int)token);
        if (tokens.Length < 2)
            throw new TaskDataException(split.File, $"the {split.Name} text has {tokens.Length.ToString(CultureInfo.InvariantCulture)} tokens; at least 2 are needed, one to read and one to predict.");
        return new TokenWindows(tokens, _options.SequenceLength, _options.Stride ?? _options.SequenceLength, scoreOnce);
    }

    private sealed record Split(string File, string Name, string Text);
}

/// <summary>Makes <see cref="LanguageModel"/>.</summary>
public sealed class LanguageModelFactory : IComponentFactory<ITask, LanguageModelOptions>
{
    /// <inheritdoc/>
    public string Name => "language-model";

    /// <inheritdoc/>
    public string Description => "The next token at every position: three text files, or one cut by position.";

    /// <inheritdoc/>
    public ITask Create(LanguageModelOptions options, ComponentContext context) => new LanguageModel(options);
}
