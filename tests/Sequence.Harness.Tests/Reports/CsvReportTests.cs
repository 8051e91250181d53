using Sequence.Harness.Cells;
using Sequence.Harness.Reports;

namespace Sequence.Harness.Tests.Reports;

public sealed class CsvReportTests
{
    [Fact]
    public void Every_cell_is_a_row_with_as_many_fields_as_the_header()
    {
        var lines = CsvReport.Write(Some.Comparison(
            Some.Done("mipt", 1, Some.Result(0.9)),
            new Cell("mipt", 2) { Status = CellStatus.Running },
            new Cell("transformer", 1))).TrimEnd('\n').Split('\n');

        Assert.Equal(4, lines.Length);
        var header = lines[0].Split(',');
        Assert.All(lines, line => Assert.Equal(header.Length, line.Split(',').Length));
        Assert.Equal("0.9", lines[1].Split(',')[Array.IndexOf(header, "test_accuracy")]);
        Assert.Equal("0.45", lines[1].Split(',')[Array.IndexOf(header, "test_macro-f1")]);
        Assert.Equal("2734212", lines[1].Split(',')[Array.IndexOf(header, "parameters")]);
        Assert.Equal("", lines[2].Split(',')[Array.IndexOf(header, "test_accuracy")]);
        Assert.Equal("running", lines[2].Split(',')[Array.IndexOf(header, "status")]);
    }

    [Fact]
    public void Commas_quotes_and_line_ends_are_quoted()
    {
        var failed = new Cell("a,b", 1) { Status = CellStatus.Failed, Reason = "said \"no\"\nand stopped" };

        Assert.Contains("\"a,b\",1,failed,\"said \"\"no\"\"\nand stopped\",", CsvReport.Write(Some.Comparison(failed)), StringComparison.Ordinal);
    }
}
