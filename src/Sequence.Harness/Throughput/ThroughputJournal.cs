using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sequence.Harness.Throughput;

/// <summary>
/// The rows that were measured so far, one line a length, so that a benchmark that was stopped goes on at the length it was at: <c>journal.jsonl</c>. A last line that was
/// cut off counts as not written.
/// </summary>
internal sealed class ThroughputJournal
{
    private const string FileName = "journal.jsonl";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly string _file;
    private readonly List<ThroughputRow> _rows = [];

    /// <summary>Opens the journal of a folder, with what it says.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public ThroughputJournal(string folder)
    {
        _file = Path.Combine(folder, FileName);
        if (!File.Exists(_file))
            return;

        var text = File.ReadAllText(_file);
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        foreach (var (number, line) in whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Index())
            _rows.AddRange(Read(line, number + 1));
        if (whole.Length < text.Length)
            File.WriteAllText(_file, whole);
    }

    /// <summary>Every row, lengths in the order of measurement.</summary>
    public IReadOnlyList<ThroughputRow> Rows => _rows;

    /// <summary>Whether a length is done.</summary>
    public bool Has(long length) => _rows.Exists(row => row.Length == length);

    /// <summary>Adds the rows of a length.</summary>
    public void Add(IReadOnlyList<ThroughputRow> rows)
    {
        File.AppendAllText(_file, JsonSerializer.Serialize(rows, Json) + "\n");
        _rows.AddRange(rows);
    }

    private IReadOnlyList<ThroughputRow> Read(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<IReadOnlyList<ThroughputRow>>(line, Json)!;
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{_file}({number}): not a measurement ({problem.Message}). Delete the line, or begin anew in another folder with --output.", problem);
        }
    }
}
