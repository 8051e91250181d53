using System.CommandLine;
using System.Text.Json.Nodes;
using Sequence.Cli.Output;
using Sequence.Harness.Cells;
using Sequence.Harness.Estimates;
using Sequence.Harness.Reports;
using TorchSharp;

namespace Sequence.Cli.Commands;

/// <summary>What <c>--dry-run</c> shows: what would run, and what it would cost.</summary>
internal static class DryRun
{
    public static int Show(
        ParseResult parsed, JsonNode config, IReadOnlyList<(string Model, ModelEstimate Estimate)> models, IReadOnlyList<Cell> cells, torch.Device device)
    {
        if (parsed.GetValue(Flags.Json))
            JsonText.Write(Json(config, models, cells, device));
        else
            Print(parsed, config, models, cells, device);
        return ExitCode.Success;
    }

    private static JsonObject Json(
        JsonNode config, IReadOnlyList<(string Model, ModelEstimate Estimate)> models, IReadOnlyList<Cell> cells, torch.Device device) => new()
    {
        ["device"] = device.ToString(),
        ["cells"] = cells.Count,
        ["models"] = new JsonArray([.. models.Select(model =>
        {
            var node = model.Estimate.ToJson();
            node.Insert(0, "model", model.Model);
            return node;
        })]),
        ["config"] = config,
    };

    private static void Print(
        ParseResult parsed, JsonNode config, IReadOnlyList<(string Model, ModelEstimate Estimate)> models, IReadOnlyList<Cell> cells, torch.Device device)
    {
        var screen = Screen.Of(parsed);
        var writer = screen.Profile.Out.Writer;
        var lengths = models.SelectMany(model => model.Estimate.StateBytes.Keys).Distinct().Order().ToList();
        writer.WriteLine(JsonText.Of(config));
        screen.WriteTable(
        [
            ["model", "parameters", "memory (about)", .. lengths.Select(length => $"state after {Amount.Count(length)}")],
            .. models.Select(IReadOnlyList<string> (model) =>
            [
                model.Model,
                Amount.Count(model.Estimate.Parameters),
                Amount.Bytes(model.Estimate.MemoryBytes),
                .. lengths.Select(length => Amount.Bytes(model.Estimate.StateBytes[length])),
            ]),
        ]);
        foreach (var (model, estimate) in models)
        {
            writer.WriteLine($"The stack of {model}, with the state of one sequence:");
            screen.WriteTable(Stack(estimate));
        }

        writer.WriteLine($"{cells.Count} cell{(cells.Count == 1 ? "" : "s")} on {device}. Nothing was trained.");
    }

    /// <summary>One row a depth; the parameters of a shared block stand at its first depth.</summary>
    private static IReadOnlyList<IReadOnlyList<string>> Stack(ModelEstimate estimate) =>
    [
        ["depth", "from", "mixer", "channel mixer", "residual", "parameters", "growth", .. LayerEstimate.Tokens.Select(tokens => $"state after {Amount.Count(tokens)}")],
        .. estimate.Layers.Select(IReadOnlyList<string> (layer) =>
        [
            $"{layer.Depth}",
            layer.Key,
            layer.Mixer,
            layer.ChannelMixer ?? "-",
            layer.Residual,
            layer.SharedWith is { } first ? $"those of depth {first}" : Amount.Count(layer.Parameters),
            layer.Growth,
            .. LayerEstimate.Tokens.Select(tokens => Amount.Bytes(layer.Cost.BytesAfter(tokens))),
        ]),
    ];
}
