using System.Text.Json.Nodes;
using Sequence.Harness.Cells;
using Sequence.Harness.Reports;

namespace Sequence.Harness.Tests.Reports;

public sealed class JsonReportTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void A_model_has_mean_deviation_and_values_of_each_metric()
    {
        var node = Read(Some.Comparison(Some.Done("mipt", 1, Some.Result(0.8)), Some.Done("mipt", 2, Some.Result(1.0)), new Cell("mipt", 3)));

        var model = Assert.Single(node["models"]!.AsArray())!;
        Assert.Equal(3, (int)model["cells"]!);
        Assert.Equal(2, (int)model["done"]!);
        var accuracy = model["metrics"]!["accuracy"]!;
        Assert.Equal(0.9, (double)accuracy["mean"]!, Tolerance);
        Assert.Equal(Math.Sqrt(0.02), (double)accuracy["standardDeviation"]!, Tolerance);
        Assert.Equal(2, (int)accuracy["n"]!);
        Assert.Equal([0.8, 1.0], accuracy["values"]!.AsArray().Select(value => (double)value!));
        Assert.Equal(["pending"], node["cells"]!.AsArray().Skip(2).Select(cell => (string)cell!["status"]!));
    }

    [Fact]
    public void What_does_not_exist_is_null()
    {
        var node = Read(Some.Comparison(Some.Done("mipt", 1, Some.Result(double.NaN)), new Cell("other", 1)));

        Assert.Null(node["models"]![0]!["metrics"]!["accuracy"]!["mean"]);
        Assert.Null(node["models"]![0]!["metrics"]!["accuracy"]!["standardDeviation"]);
        Assert.Null(node["models"]![1]!["parameters"]);
        Assert.Null(node["models"]![1]!["loss"]!["mean"]);
        Assert.Null(node["cells"]![1]!["result"]);
    }

    [Fact]
    public void The_layout_names_its_version_and_carries_command_environment_and_config()
    {
        var results = Some.Comparison(Some.Done("mipt", 1, Some.Result(0.8)));
        var node = Read(results);

        Assert.Equal("sequence-comparison/1", (string)node["schema"]!);
        Assert.Equal(results.Command, (string)node["command"]!);
        Assert.True(JsonNode.DeepEquals(results.Environment, node["environment"]));
        Assert.True(JsonNode.DeepEquals(results.Config, node["config"]));
    }

    private static JsonObject Read(ComparisonResults results) => JsonNode.Parse(JsonReport.Write(results))!.AsObject();
}
