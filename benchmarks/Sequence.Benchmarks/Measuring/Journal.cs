namespace Sequence.Benchmarks.Measuring;

/// <summary>
/// The rows of a run as they come, in a file beside the one that will hold them all, so that a run that is stopped loses nothing: first a line that says what is
/// being measured, then a line a row. It goes when the run is done.
/// </summary>
public sealed class Journal
{
    private readonly string _path;
    private readonly List<Row> _rows;

    private Journal(string path, List<Row> rows) => (_path, _rows) = (path, rows);

    /// <summary>All rows so far, those of the run before included.</summary>
    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>Begins a journal, or goes on with one.</summary>
    /// <param name="file">The file of the whole run.</param>
    /// <param name="head">What is measured: rows of another commit, machine or size are no part of this run.</param>
    /// <param name="resume">Whether rows that are there already stand.</param>
    /// <exception cref="InvalidOperationException">The journal to go on with belongs to another measurement.</exception>
    public static Journal Begin(FileInfo file, string head, bool resume)
    {
        var path = $"{file.FullName}.partial";
        file.Directory!.Create();
        if (!resume || !File.Exists(path))
        {
            File.WriteAllLines(path, [head]);
            return new(path, []);
        }

        var lines = File.ReadAllLines(path);
        if (lines.FirstOrDefault() != head)
            throw new InvalidOperationException($"{path} was measured as '{lines.FirstOrDefault()}', and this is '{head}'. Run without --resume to begin anew.");
        // what was cut off in the middle of a line is measured again
        List<Row> rows = [.. lines.Skip(1).Select(RowFile.OfLine).OfType<Row>().GroupBy(row => (row.Benchmark, row.T, row.Pass)).Select(same => same.Last())];
        File.WriteAllLines(path, [head, .. rows.Select(RowFile.ToLine)]);
        return new(path, rows);
    }

    /// <summary>Whether a row is there.</summary>
    public bool Has(string benchmark, long? T, string pass) => _rows.Exists(row => row.Benchmark == benchmark && row.T == T && row.Pass == pass && row.Failed is null);

    /// <summary>Takes a row down, in place of one that failed.</summary>
    public void Add(Row row)
    {
        _rows.RemoveAll(other => other.Benchmark == row.Benchmark && other.T == row.T && other.Pass == row.Pass);
        _rows.Add(row);
        File.AppendAllLines(_path, [RowFile.ToLine(row)]);
    }

    /// <summary>The run is done.</summary>
    public void End() => File.Delete(_path);
}
