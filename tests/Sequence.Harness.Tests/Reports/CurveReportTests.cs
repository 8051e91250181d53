using Sequence.Framework.Training;
using Sequence.Harness.Cells;
using Sequence.Harness.Reports;
using Sequence.Tasks;

namespace Sequence.Harness.Tests.Reports;

public sealed class CurveReportTests
{
    private static readonly Cell[] Cells =
    [
        Some.Done("mipt", 1, Curved((18, 0.25), (26, 0.5))),
        Some.Done("mipt", 2, Curved((18, 0.75), (26, 0.5))),
        Some.Done("transformer", 1, Curved((26, 1))),
        new Cell("transformer", 2),
    ];

    [Fact]
    public void A_table_has_every_place_and_every_model_with_mean_and_spread()
    {
        var text = MarkdownReport.Write(Some.Comparison(Cells));

        Assert.Contains("## Test accuracy by length\n\n| length | mipt | transformer |\n", text, StringComparison.Ordinal);
        Assert.Contains("| 18 | 0.5000 ± 0.3536 | - |\n| 26 | 0.5000 ± 0.0000 | 1.0000 |\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_point_of_every_seed_is_a_row_to_draw_from() => Assert.Equal(
        [
            "metric,axis,at,model,seed,value",
            "accuracy,length,18,mipt,1,0.25", "accuracy,length,26,mipt,1,0.5",
            "accuracy,length,18,mipt,2,0.75", "accuracy,length,26,mipt,2,0.5",
            "accuracy,length,26,transformer,1,1",
        ],
        CurveReport.Write(Some.Comparison(Cells)).TrimEnd('\n').Split('\n'));

    [Fact]
    public void Programs_find_the_points_beside_the_metrics()
    {
        var test = JsonReport.Node(Some.Comparison(Cells))["cells"]![1]!["result"]!["test"]!;

        Assert.Equal("length", (string)test["curves"]!["accuracy"]!["axis"]!);
        Assert.Equal([(18, 0.75), (26, 0.5)], test["curves"]!["accuracy"]!["points"]!.AsArray().Select(point => ((double)point!["at"]!, (double)point["value"]!)));
    }

    [Fact]
    public void Without_a_curve_there_is_neither_table_nor_file()
    {
        var folder = Directory.CreateTempSubdirectory("sequence-curves-");
        try
        {
            ComparisonReport.Save(folder.FullName, Some.Comparison(Some.Done("mipt", 1, Some.Result(0.8))));
            Assert.False(File.Exists(Path.Combine(folder.FullName, ComparisonReport.Curves)));
            Assert.DoesNotContain("accuracy by", File.ReadAllText(Path.Combine(folder.FullName, ComparisonReport.Markdown)), StringComparison.Ordinal);

            ComparisonReport.Save(folder.FullName, Some.Comparison(Cells));
            Assert.True(File.Exists(Path.Combine(folder.FullName, ComparisonReport.Curves)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static RunResult Curved(params (double At, double Value)[] points)
    {
        var result = Some.Result(0.8);
        var curve = new MetricCurve("length", [.. points.Select(point => new CurvePoint(point.At, point.Value))]);
        return result with { Test = result.Test with { Curves = new Dictionary<string, MetricCurve> { ["accuracy"] = curve } } };
    }
}
