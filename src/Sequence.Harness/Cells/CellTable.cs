using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Framework.Training;

namespace Sequence.Harness.Cells;

/// <summary>
/// Where each cell of a comparison stands, kept in <c>cells.json</c>. Every change is written at once and atomically, so a process that is
/// killed leaves a table that is true: done cells are done, the one at work says running.
/// </summary>
public sealed class CellTable
{
    /// <summary>Name of the file in the comparison's folder.</summary>
    public const string FileName = "cells.json";

    private const string Schema = "sequence-cells/1";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly string _folder;
    private readonly List<Cell> _cells;

    private CellTable(string folder, IEnumerable<Cell> cells)
    {
        _folder = folder;
        _cells = [.. cells];
        Save();
    }

    /// <summary>The cells, in the order they are run.</summary>
    public IReadOnlyList<Cell> Cells => _cells;

    /// <summary>
    /// The table of <paramref name="cells"/> in <paramref name="folder"/>, going on where a table already there stands: a cell whose result can
    /// be read is done, one that was at work is to be resumed, one that failed is tried again.
    /// </summary>
    /// <exception cref="InvalidDataException">The table there cannot be read.</exception>
    public static CellTable Open(string folder, IEnumerable<Cell> cells)
    {
        var known = Read(Path.Combine(folder, FileName));
        return new CellTable(folder, cells.Select(cell =>
            new RunFolder(Path.Combine(folder, cell.Folder)).ReadResult() is { } result ? cell with { Status = CellStatus.Done, Result = result }
            : known.GetValueOrDefault((cell.Model, cell.Seed)) == CellStatus.Running ? cell with { Status = CellStatus.Running }
            : cell));
    }

    /// <summary>Replaces the cell of the same model and seed.</summary>
    public Cell Set(Cell cell)
    {
        _cells[_cells.FindIndex(other => (other.Model, other.Seed) == (cell.Model, cell.Seed))] = cell;
        Save();
        return cell;
    }

    private static Dictionary<(string Model, long Seed), CellStatus> Read(string file)
    {
        if (!File.Exists(file))
            return [];

        try
        {
            return JsonNode.Parse(File.ReadAllText(file))!["cells"]!.AsArray().ToDictionary(
                cell => ((string)cell!["model"]!, (long)cell["seed"]!),
                cell => Enum.Parse<CellStatus>((string)cell!["status"]!, ignoreCase: true));
        }
        catch (Exception problem) when (problem is JsonException or NullReferenceException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"{file}: not a cell table ({problem.Message}). Delete the folder to start anew, or choose another with --output.", problem);
        }
    }

    private void Save()
    {
        var node = new JsonObject
        {
            ["schema"] = Schema,
            ["cells"] = new JsonArray([.. _cells.Select(cell => new JsonObject
            {
                ["model"] = cell.Model,
                ["seed"] = cell.Seed,
                ["status"] = cell.Status.ToString().ToLowerInvariant(),
                ["reason"] = cell.Reason,
                ["folder"] = cell.Folder,
            })]),
        };
        AtomicFile.Write(Path.Combine(_folder, FileName), stream => JsonSerializer.Serialize(stream, node, Indented));
    }
}
