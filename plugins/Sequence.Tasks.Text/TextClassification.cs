using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Sequence.Components;
using Sequence.Tasks.Text.Metrics;
using Sequence.Tasks.Text.Reading;

namespace Sequence.Tasks.Text;

/// <summary>Options of the task <c>text-classification</c>.</summary>
public sealed record TextClassificationOptions : IValidatableObject
{
    /// <summary>Training rows: CSV, plain or gzip.</summary>
    public required FilePath Train { get; init; }

    /// <summary>Validation rows; null to cut <see cref="ValidationRows"/> of the training rows.</summary>
    public FilePath? Validation { get; init; }

    /// <summary>Test rows.</summary>
    public required FilePath Test { get; init; }

    /// <summary>What the files must be.</summary>
    public SplitChecksums Sha256 { get; init; } = new();

    /// <summary>Whether the first record of each file names the columns.</summary>
    public bool Header { get; init; }

    /// <summary>Column of the label: its name where there is a header, or its index from 0.</summary>
    public string LabelColumn { get; init; } = "0";

    /// <summary>Columns of the text, joined by a blank: names where there is a header, or indices from 0.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> TextColumns { get; init; } = ["1"];

    /// <summary>Names of the classes in order. The label column has such a name, or its number from 1 where no name is a number. Null to take the labels met in training, sorted.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>A file with one class name a line, in place of <see cref="Labels"/>.</summary>
    public FilePath? LabelsFile { get; init; }

    /// <summary>Between text and tokens.</summary>
    public required Component<ITokenizer> Tokenizer { get; init; }

    /// <summary>Tokens of a text that are read; the rest is cut off.</summary>
    [Range(1, 1 << 24)]
    public int MaxLength { get; init; } = 256;

    /// <summary>Rows cut from the training rows for validation, by a fixed draw that no run's seed changes; null for one row in ten.</summary>
    [Range(1, int.MaxValue)]
    public int? ValidationRows { get; init; }

    /// <summary>Training rows used, from the first, after the cut; null for all.</summary>
    [Range(1, int.MaxValue)]
    public int? TrainRows { get; init; }

    /// <summary>What is measured, the first ranking models; null for accuracy.</summary>
    [MinLength(1)]
    public IReadOnlyList<Component<IMetric>>? Metrics { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Labels is not null && LabelsFile is not null)
            yield return new("labels lists the classes too; keep one of them.", [nameof(LabelsFile)]);
        if (Labels is { Count: < 2 })
            yield return new("fewer than two classes: there is nothing to tell apart.", [nameof(Labels)]);
        if (Validation is not null && ValidationRows is not null)
            yield return new("cuts the training rows, but validation names a file of its own; keep one of them.", [nameof(ValidationRows)]);
    }
}

/// <summary>One class a text, read from CSV files.</summary>
internal sealed class TextClassification : ITask
{
    /// <summary>The draw of validation rows is part of the task, as the rows are.</summary>
    private const ulong ValidationDraw = 20150909;

    private readonly TextClassificationOptions _options;

    public TextClassification(TextClassificationOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _options = options;
        var names = ReadLabels();
        var training = new LabelledRows(new TextFile(options.Train, "train", options.Sha256.Train), options, names);
        var classes = training.Classes;
        var test = new LabelledRows(new TextFile(options.Test, "test", options.Sha256.Test), options, classes);
        var validation = options.Validation is { } file
            ? new LabelledRows(new TextFile(file, "validation", options.Sha256.Validation), options, classes)
            : null;

        var (kept, cut) = validation is null ? Cut(training) : ([.. training.Rows], validation.Rows);
        if (options.TrainRows is { } most && most < kept.Count)
            kept = [.. kept.Take(most)];

        Labels = classes;
        Tokenizer = options.Tokenizer.Create(ComponentContext.None);
        Tokenizer.Fit(kept.Select(row => row.Text));
        Training = Encode(kept, training.File);
        Validation = Encode(cut, (validation ?? training).File);
        Test = Encode(test.Rows, test.File);
    }

    /// <summary>Names of the classes, in order.</summary>
    public IReadOnlyList<string> Labels { get; }

    public int Vocabulary => Tokenizer.Vocabulary;

    public int Classes => Labels.Count;

    public TargetKind Targets => TargetKind.Sequence;

    public ITokenizer Tokenizer { get; }

    public IDataset Training { get; }

    public IDataset Validation { get; }

    public IDataset Test { get; }

    public IReadOnlyList<IMetric> CreateMetrics() => _options.Metrics is { } chosen
        ? [.. chosen.Select(metric => metric.Create(ComponentContext.None))]
        : [new Accuracy()];

    private IReadOnlyList<string>? ReadLabels()
    {
        if (_options.LabelsFile is not { } file)
            return _options.Labels;

        var names = new TextFile(file, "labelsFile", _options.Sha256.Labels).ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 1 ? names : throw new TaskDataException(file.Full, "lists fewer than two classes; write one name a line.");
    }

    /// <summary>A draw without replacement; both parts keep the order of the file.</summary>
    private (List<LabelledRow> Kept, List<LabelledRow> Cut) Cut(LabelledRows training)
    {
        var rows = training.Rows;
        var wanted = _options.ValidationRows ?? Math.Max(1, rows.Count / 10);
        if (wanted >= rows.Count)
            throw new TaskDataException(training.File, $"has {rows.Count.ToString("N0", CultureInfo.InvariantCulture)} rows, and option 'validationRows' cuts {wanted.ToString("N0", CultureInfo.InvariantCulture)} of them: none would be left for training. Lower it, or name a file of their own in 'validation'.");

        var drawn = RowDraw.Of(rows.Count, wanted, ValidationDraw);
        return ([.. rows.Where((_, index) => !drawn.Contains(index))], [.. rows.Where((_, index) => drawn.Contains(index))]);
    }

    private TokenSequences Encode(IEnumerable<LabelledRow> rows, string file)
    {
        var sequences = new TokenSequences();
        foreach (var row in rows)
        {
            var tokens = Tokenizer.Encode(row.Text);
            if (tokens.Length == 0)
                throw new TaskDataException(file, row.Line, $"the text '{row.Text}' has no tokens for tokenizer '{_options.Tokenizer.Name}'.");
            sequences.Add(tokens.AsSpan(0, Math.Min(tokens.Length, _options.MaxLength)), row.Class);
        }

        return sequences;
    }
}

/// <summary>Makes <see cref="TextClassification"/>.</summary>
public sealed class TextClassificationFactory : IComponentFactory<ITask, TextClassificationOptions>
{
    /// <inheritdoc/>
    public string Name => "text-classification";

    /// <inheritdoc/>
    public string Description => "One class a text: CSV files, columns chosen by name or index.";

    /// <inheritdoc/>
    public ITask Create(TextClassificationOptions options, ComponentContext context) => new TextClassification(options);
}
