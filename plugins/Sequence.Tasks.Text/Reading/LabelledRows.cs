using System.Globalization;

namespace Sequence.Tasks.Text.Reading;

/// <summary>The rows of a CSV file that has a label and one or more columns of text.</summary>
internal sealed class LabelledRows
{
    private readonly TextClassificationOptions _options;

    /// <param name="file">The file.</param>
    /// <param name="options">Which columns.</param>
    /// <param name="classes">Names of the classes; null to take the labels met, sorted as numbers where all are numbers.</param>
    public LabelledRows(TextFile file, TextClassificationOptions options, IReadOnlyList<string>? classes)
    {
        _options = options;
        File = file.Name;
        var fields = file.Read(ReadFields);
        if (fields.Count == 0)
            throw new TaskDataException(File, "has no rows.");

        Classes = classes ?? LabelsIn(fields);
        if (Classes.Count < 2)
            throw new TaskDataException(File, $"has a single label, '{Classes[0]}': there is nothing to tell apart. Check option 'labelColumn'.");

        var numbers = Numbers();
        Rows = [.. fields.Select(field => new LabelledRow(field.Line, ClassOf(field.Label, field.Line, numbers), field.Text))];
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Names of the classes, in order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The rows, in the order of the file.</summary>
    public List<LabelledRow> Rows { get; }

    private List<(long Line, string Label, string Text)> ReadFields(TextReader reader)
    {
        var csv = new CsvReader(reader, File);
        var rows = new List<(long, string, string)>();
        int label = -1;
        int[] text = [];
        while (csv.Read() is { } fields)
        {
            if (label < 0)
            {
                label = ColumnOf(_options.LabelColumn, "labelColumn", fields);
                text = [.. _options.TextColumns.Select(column => ColumnOf(column, "textColumns", fields))];
                if (_options.Header)
                    continue;
            }

            var joined = string.Join(' ', text.Select(column => fields[column]));
            if (string.IsNullOrWhiteSpace(joined))
                throw new TaskDataException(File, csv.Line, "the text is empty; remove the row, or check option 'textColumns'.");
            rows.Add((csv.Line, fields[label].Trim(), joined));
        }

        return rows;
    }

    private int ColumnOf(string column, string option, string[] first)
    {
        if (_options.Header && Array.IndexOf(first, column) is >= 0 and var named)
            return named;
        if (int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < first.Length)
            return index;

        throw new TaskDataException(File, 1, _options.Header
            ? $"option '{option}' asks for column '{column}'; the header has: {string.Join(", ", first)}."
            : $"option '{option}' asks for column '{column}'; the file has columns 0 to {first.Length - 1} and no header (option 'header').");
    }

    private static List<string> LabelsIn(IEnumerable<(long Line, string Label, string Text)> rows)
    {
        var labels = rows.Select(row => row.Label).Distinct().ToList();
        var numbered = labels.TrueForAll(IsNumber);
        return numbered
            ? [.. labels.OrderBy(label => long.Parse(label, CultureInfo.InvariantCulture))]
            : [.. labels.Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether a class may be given by its number from 1: classes "0", "1", "2" could not be told from their numbers.</summary>
    private bool Numbered => _options is not { Labels: null, LabelsFile: null } && !Classes.Any(IsNumber);

    private static bool IsNumber(string label) => long.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private Dictionary<string, int> Numbers()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Classes.Count; i++)
            numbers[Classes[i]] = i;
        for (var i = 0; i < Classes.Count && Numbered; i++)
            numbers[(i + 1).ToString(CultureInfo.InvariantCulture)] = i;
        return numbers;
    }

    private int ClassOf(string label, long line, Dictionary<string, int> numbers) => numbers.TryGetValue(label, out var index)
        ? index
        : throw new TaskDataException(File, line, $"label '{label}' is none of the classes: {string.Join(", ", Classes)}"
            + (_options is { Labels: null, LabelsFile: null } ? " (those met in the training file)." : Numbered ? $", nor a number from 1 to {Classes.Count}." : "."));
}
