using System.Globalization;
using System.Text;
using Sequence.Harness.Cells;

namespace Sequence.Harness.Reports;

/// <summary>The results as comma-separated values (RFC 4180): one row a cell, empty where a cell has no value.</summary>
public static class CsvReport
{
    /// <summary>The whole file.</summary>
    public static string Write(ComparisonResults results)
    {
        var metrics = results.Models.SelectMany(model => model.Metrics.Keys).Distinct().ToList();
        var figures = results.Models.SelectMany(model => model.Figures.Keys).Distinct().ToList();
        var text = new StringBuilder();
        Row(text,
        [
            "model", "seed", "status", "reason", .. metrics.Select(metric => $"test_{metric}"), "test_loss",
            .. figures.Select(figure => $"test_{figure}"), .. metrics.Select(metric => $"validation_{metric}"), "validation_loss", "best_step", "steps", "parameters", "tokens_per_second",
            "training_seconds", "peak_memory_bytes", "state_bytes", "state_tokens", "folder",
        ]);
        foreach (var cell in results.Cells)
            Row(text, Fields(cell, metrics, figures));
        return text.ToString();
    }

    private static IEnumerable<string> Fields(Cell cell, IReadOnlyList<string> metrics, IReadOnlyList<string> figures)
    {
        var result = cell.Result;
        return
        [
            cell.Model, Number(cell.Seed), cell.Status.ToString().ToLowerInvariant(), cell.Reason ?? "",
            .. metrics.Select(metric => Number(Value(result?.Test.Metrics, metric))), Number(result?.Test.Loss),
            .. figures.Select(figure => Number(Value(result?.Test.Figures, figure))), .. metrics.Select(metric => Number(Value(result?.Validation.Metrics, metric))), Number(result?.Validation.Loss),
            Number(result?.BestStep), Number(result?.Steps), Number(result?.Parameters), Number(result?.TokensPerSecond),
            Number(result?.TrainingSeconds), Number(result?.PeakMemoryBytes), Number(result?.StateBytes), Number(result?.StateTokens), cell.Folder,
        ];
    }

    private static double? Value(IReadOnlyDictionary<string, double>? metrics, string name) =>
        metrics is not null && metrics.TryGetValue(name, out var value) ? value : null;

    private static string Number(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";

    private static void Row(StringBuilder text, IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Quoted)).Append('\n');

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
