using System.Text.Json.Nodes;
using Sequence.Framework.Training;

namespace Sequence.Harness.Cells;

/// <summary>Where the cells of a comparison ran: the record of the first stands for all, and what differs from it is said.</summary>
/// <param name="folder">The comparison's folder.</param>
/// <param name="cells">Its cells.</param>
public sealed class CellEnvironments(string folder, IEnumerable<Cell> cells)
{
    private readonly IReadOnlyList<(Cell Cell, JsonObject Record)> _records =
        [.. cells.SelectMany(cell => EnvironmentLog.Read(new RunFolder(Path.Combine(folder, cell.Folder))).Select(record => (cell, record)))];

    /// <summary>The record of the first cell; null while none has begun.</summary>
    public JsonObject? First => _records.Count == 0 ? null : _records[0].Record;

    /// <summary>One entry, in words, for each record that differs from <see cref="First"/>.</summary>
    public IReadOnlyList<string> Differences =>
        [.. _records.Select(entry => (entry.Cell, Words: EnvironmentLog.Differences(First!, entry.Record)))
            .Where(entry => entry.Words.Count > 0)
            .Select(entry => $"{entry.Cell}: {string.Join("; ", entry.Words)}")];
}
