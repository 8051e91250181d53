using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;

namespace Sequence.Harness.Reports;

/// <summary>The results for people: the models side by side, the cells, and beside the numbers the environment, command and configuration behind them.</summary>
public static class MarkdownReport
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The whole file.</summary>
    public static string Write(ComparisonResults results)
    {
        var text = new StringBuilder();
        Heading(text, results);
        Models(text, results);
        BrokenLaws(text, results);
        Curves(text, results);
        Cells(text, results);
        Failures(text, results);
        Environment(text, results);
        text.Append($"## Command\n\n```\n{results.Command}\n```\n\n");
        text.Append($"## Configuration\n\n```json\n{results.Config.ToJsonString(Indented)}\n```\n");
        return text.ToString();
    }

    /// <summary>The table of models alone, as shown when a comparison ends.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> ModelRows(ComparisonResults results)
    {
        var metrics = MetricNames(results);
        IReadOnlyList<string> figures = [.. results.Models.SelectMany(model => model.Figures.Keys).Distinct()];
        return
        [
            [
                "model", "seeds", .. metrics.Select(metric => $"test {metric}"), .. figures, "test loss", "parameters", "tokens/s", "peak memory", "state",
                "training s",
            ],
            .. results.Models.Select(IReadOnlyList<string> (model) =>
            [
                results.BrokenLaws.Any(broken => broken.Model == model.Model) ? $"{model.Model} (breaks laws)" : model.Model,
                $"{model.Done.Count} of {model.Cells.Count}",
                .. metrics.Select(metric => model.Metrics.TryGetValue(metric, out var spread) ? spread.ToString() : "-"),
                .. figures.Select(figure => model.Figures.TryGetValue(figure, out var spread) ? spread.ToString("0.0") : "-"),
                model.Done.Count == 0 ? "-" : model.Loss.ToString(),
                Amount.Count(model.Parameters),
                model.Done.Count == 0 ? "-" : model.TokensPerSecond.ToString("N0"),
                Amount.Bytes(model.PeakMemoryBytes),
                model.StateBytes is null ? "-" : $"{Amount.Bytes(model.StateBytes)} after {Amount.Count(model.StateTokens)} tokens",
                model.Done.Count == 0 ? "-" : model.TrainingSeconds.ToString("0.0"),
            ]),
        ];
    }

    private static void Heading(StringBuilder text, ComparisonResults results)
    {
        text.Append($"# Comparison: {results.Name}\n\n");
        if (results.Config["note"] is JsonValue note)
            text.Append($"{note}\n\n");

        var done = results.Cells.Count(cell => cell.Status == CellStatus.Done);
        text.Append($"{Counted(results.Models.Count, "model")}, {Counted(results.Cells.Select(cell => cell.Seed).Distinct().Count(), "seed")}; ");
        text.Append($"{done} of {Counted(results.Cells.Count, "cell")} done.\n\n");
    }

    private static void Models(StringBuilder text, ComparisonResults results)
    {
        text.Append("## Models\n\n");
        text.Table(ModelRows(results));
        var most = results.Models.Max(model => model.Done.Count);
        text.Append(most > 1
            ? "Mean ± sample standard deviation over the seeds that are done. "
            : "One seed (n = 1): no spread is known, and differences between models may be chance. ");
        text.Append("The test examples are scored once, by the checkpoint that did best on the validation examples. ");
        text.Append("Peak memory is the largest of the seeds. State is what one sequence must remember while streaming, over all layers.\n\n");
        if (results.Models.Any(model => model.Figures.ContainsKey("slots")))
            text.Append("Slots are the entries that a cache holds at the end of a test sequence, a mean over sequences, layers and heads.\n\n");
        IReadOnlyList<string> whole = [.. results.Models.Where(model => model.SeesWholeSequence).Select(model => $"`{model.Model}`")];
        if (whole.Count > 0)
            text.Append($"These read out all positions of the sequence at once, so what they score need not have come through a state that streams: {string.Join(", ", whole)}.\n\n");
    }

    private static void Curves(StringBuilder text, ComparisonResults results)
    {
        foreach (var curve in results.Curves)
        {
            text.Append($"## Test {curve.Metric} by {curve.Axis}\n\n");
            text.Table(
            [
                [curve.Axis, .. curve.Models],
                .. curve.Places.Select(IReadOnlyList<string> (place) =>
                    [place.ToString(CultureInfo.InvariantCulture), .. curve.Models.Select(model => curve.At(model, place)?.ToString() ?? "-")]),
            ]);
        }
    }

    private static void BrokenLaws(StringBuilder text, ComparisonResults results)
    {
        if (results.BrokenLaws.Count == 0)
            return;

        text.Append("## Broken laws\n\nThe figures of these models mean less than they seem to: their mixers or cache policies do not do what they must.\n\n");
        foreach (var broken in results.BrokenLaws)
            text.Append($"- {broken.Model}: {MarkdownText.OneLine(broken.Text)}\n");
        text.Append('\n');
    }

    private static void Cells(StringBuilder text, ComparisonResults results)
    {
        var metrics = MetricNames(results);
        text.Append("## Cells\n\n");
        text.Table(
        [
            [
                "model", "seed", "status", .. metrics.Select(metric => $"test {metric}"), .. metrics.Select(metric => $"validation {metric}"),
                "chosen step", "tokens/s", "training s", "run",
            ],
            .. results.Cells.Select(IReadOnlyList<string> (cell) =>
            [
                cell.Model,
                cell.Seed.ToString(CultureInfo.InvariantCulture),
                cell.Status.ToString().ToLowerInvariant(),
                .. metrics.Select(metric => Value(cell.Result?.Test, metric)),
                .. metrics.Select(metric => Value(cell.Result?.Validation, metric)),
                cell.Result is { } result ? $"{Amount.Count(result.BestStep)} of {Amount.Count(result.Steps)}" : "-",
                cell.Result?.TokensPerSecond.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
                cell.Result?.TrainingSeconds.ToString("0.0", CultureInfo.InvariantCulture) ?? "-",
                $"`{cell.Folder}`",
            ]),
        ]);
    }

    private static void Failures(StringBuilder text, ComparisonResults results)
    {
        var failed = results.Cells.Where(cell => cell.Status == CellStatus.Failed).ToList();
        if (failed.Count == 0)
            return;

        text.Append("## Failed cells\n\n");
        foreach (var cell in failed)
            text.Append($"- {cell}: {MarkdownText.OneLine(cell.Reason ?? "no reason was recorded")}\n");
        text.Append('\n');
    }

    private static void Environment(StringBuilder text, ComparisonResults results)
    {
        if (results.Environment is not JsonObject environment)
            return;

        text.Append("## Environment\n\n");
        text.Table([["what", "value"], .. MarkdownText.Flat(environment)]);
        if (results.EnvironmentDifferences.Count == 0)
            return;

        text.Append("Not every cell ran in this environment throughout; speed and memory are to be compared with care:\n\n");
        foreach (var words in results.EnvironmentDifferences)
            text.Append($"- {MarkdownText.OneLine(words)}\n");
        text.Append('\n');
    }

    private static IReadOnlyList<string> MetricNames(ComparisonResults results) =>
        [.. results.Models.SelectMany(model => model.Metrics.Keys).Distinct()];

    private static string Value(Evaluation? evaluation, string metric) =>
        evaluation is not null && evaluation.Metrics.TryGetValue(metric, out var value) && !double.IsNaN(value)
            ? value.ToString("0.0000", CultureInfo.InvariantCulture)
            : "-";

    private static string Counted(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
