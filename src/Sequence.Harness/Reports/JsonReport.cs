using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Harness.Cells;

namespace Sequence.Harness.Reports;

/// <summary>
/// The results for machines. <see cref="Schema"/> changes when a key changes its meaning; a figure that does not exist
/// (no cell done, no spread of one seed, NaN) is null.
/// </summary>
public static class JsonReport
{
    /// <summary>Name and version of the layout.</summary>
    public const string Schema = "sequence-comparison/1";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The whole file.</summary>
    public static string Write(ComparisonResults results) => Node(results).ToJsonString(Indented) + "\n";

    /// <summary>The same as a node.</summary>
    public static JsonObject Node(ComparisonResults results) => new()
    {
        ["schema"] = Schema,
        ["name"] = results.Name,
        ["command"] = results.Command,
        ["models"] = new JsonArray([.. results.Models.Select(model => Model(model, results))]),
        ["cells"] = new JsonArray([.. results.Cells.Select(OneCell)]),
        ["environment"] = results.Environment?.DeepClone(),
        ["environmentDifferences"] = new JsonArray([.. results.EnvironmentDifferences.Select(words => (JsonNode)words)]),
        ["config"] = results.Config.DeepClone(),
    };

    private static JsonObject Model(ModelSummary model, ComparisonResults results) => new()
    {
        ["model"] = model.Model,
        ["cells"] = model.Cells.Count,
        ["done"] = model.Done.Count,
        ["metrics"] = new JsonObject(model.Metrics.Select(metric => KeyValuePair.Create(metric.Key, (JsonNode?)Figure(metric.Value)))),
        ["figures"] = new JsonObject(model.Figures.Select(figure => KeyValuePair.Create(figure.Key, (JsonNode?)Figure(figure.Value)))),
        ["loss"] = Figure(model.Loss),
        ["parameters"] = model.Parameters,
        ["tokensPerSecond"] = Figure(model.TokensPerSecond),
        ["trainingSeconds"] = Figure(model.TrainingSeconds),
        ["peakMemoryBytes"] = model.PeakMemoryBytes,
        ["stateBytes"] = model.StateBytes,
        ["stateTokens"] = model.StateTokens,
        ["brokenLaws"] = new JsonArray([.. results.BrokenLaws.Where(broken => broken.Model == model.Model).Select(broken => new JsonObject
        {
            ["mixer"] = broken.Grade.Subject,
            ["law"] = broken.Grade.Law,
            ["message"] = broken.Grade.Message,
        })]),
    };

    private static JsonObject OneCell(Cell cell) => new()
    {
        ["model"] = cell.Model,
        ["seed"] = cell.Seed,
        ["status"] = cell.Status.ToString().ToLowerInvariant(),
        ["reason"] = cell.Reason,
        ["folder"] = cell.Folder,
        ["result"] = cell.Result is { } result ? Result(result) : null,
    };

    /// <summary>A run's result as a node.</summary>
    public static JsonObject Result(RunResult result) => new()
    {
        ["steps"] = result.Steps,
        ["bestStep"] = result.BestStep,
        ["validation"] = Evaluated(result.Validation),
        ["test"] = Evaluated(result.Test),
        ["parameters"] = result.Parameters,
        ["precision"] = $"{result.Precision}".ToLowerInvariant(),
        ["forms"] = new JsonArray([.. result.Forms.Select(Form)]),
        ["seesWholeSequence"] = result.SeesWholeSequence,
        ["tokensPerSecond"] = Number(result.TokensPerSecond),
        ["trainingSeconds"] = Number(result.TrainingSeconds),
        ["peakMemoryBytes"] = result.PeakMemoryBytes,
        ["stateBytes"] = result.StateBytes,
        ["stateTokens"] = result.StateTokens,
    };

    private static JsonObject Form(PartForm form) => new()
    {
        ["part"] = form.Part,
        ["kernel"] = form.Kernel,
        ["form"] = form.Form,
        ["whyNotFused"] = form.WhyNotFused,
    };

    private static JsonObject Evaluated(Evaluation evaluation) => new()
    {
        ["step"] = evaluation.Step,
        ["loss"] = Number(evaluation.Loss),
        ["metrics"] = new JsonObject(evaluation.Metrics.Select(metric => KeyValuePair.Create(metric.Key, Number(metric.Value)))),
        ["figures"] = new JsonObject(evaluation.Figures.Select(figure => KeyValuePair.Create(figure.Key, Number(figure.Value)))),
        ["curves"] = new JsonObject(evaluation.Curves.Select(curve => KeyValuePair.Create(curve.Key, (JsonNode?)Curve(curve.Value)))),
    };

    private static JsonObject Curve(MetricCurve curve) => new()
    {
        ["axis"] = curve.Axis,
        ["points"] = new JsonArray([.. curve.Points.Select(point => new JsonObject { ["at"] = Number(point.At), ["value"] = Number(point.Value) })]),
    };

    private static JsonObject Figure(Spread spread) => new()
    {
        ["mean"] = Number(spread.Mean),
        ["standardDeviation"] = spread.Deviation is { } deviation ? Number(deviation) : null,
        ["n"] = spread.Count,
        ["values"] = new JsonArray([.. spread.Values.Select(Number)]),
    };

    private static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
