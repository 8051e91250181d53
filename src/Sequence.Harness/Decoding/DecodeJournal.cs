using System.Text.Json;

namespace Sequence.Harness.Decoding;

/// <summary>
/// What a benchmark has measured so far, one line a measurement, so that one that was stopped goes on where it was: <c>journal.jsonl</c>. A last line that
/// was cut off counts as not written.
/// </summary>
internal sealed class DecodeJournal
{
    /// <summary>Name of the file in the benchmark's folder.</summary>
    public const string FileName = "journal.jsonl";

    private readonly string _file;
    private readonly Dictionary<string, IReadOnlyList<HeldBytes>> _held = [];
    private readonly List<IReadOnlyDictionary<string, double>> _rounds = [];

    /// <summary>Opens the journal of a folder, with what it says.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public DecodeJournal(string folder)
    {
        _file = Path.Combine(folder, FileName);
        if (!File.Exists(_file))
            return;

        var text = File.ReadAllText(_file);
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        foreach (var (number, line) in whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Index())
            Take(Read(line, number + 1));
        if (whole.Length < text.Length)
            File.WriteAllText(_file, whole);
    }

    /// <summary>Rounds done: milliseconds a token of each lane's turn.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Rounds => _rounds;

    /// <summary>What a contender holds at each position; null where it was not measured yet.</summary>
    public IReadOnlyList<HeldBytes>? Held(DecodeContender contender) => _held.GetValueOrDefault($"{contender}");

    /// <summary>Adds what a contender holds.</summary>
    public void Add(DecodeContender contender, IReadOnlyList<HeldBytes> held) => Write(new Line($"{contender}", held, null));

    /// <summary>Adds a round.</summary>
    public void Add(IReadOnlyDictionary<string, double> round) => Write(new Line(null, null, round));

    private void Write(Line line)
    {
        File.AppendAllText(_file, JsonSerializer.Serialize(line, JsonSerializerOptions.Web) + "\n");
        Take(line);
    }

    private void Take(Line line)
    {
        if (line.Held is { } held)
            _held[line.Contender!] = held;
        if (line.Round is { } round)
            _rounds.Add(round);
    }

    private Line Read(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line, JsonSerializerOptions.Web)!;
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{_file}({number}): not a measurement ({problem.Message}). Delete the line, or begin anew in another folder with --output.", problem);
        }
    }

    private sealed record Line(string? Contender, IReadOnlyList<HeldBytes>? Held, IReadOnlyDictionary<string, double>? Round);
}
