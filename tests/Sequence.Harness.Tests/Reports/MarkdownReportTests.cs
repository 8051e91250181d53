using Sequence.Harness.Cells;
using Sequence.Harness.Reports;

namespace Sequence.Harness.Tests.Reports;

public sealed class MarkdownReportTests
{
    [Fact]
    public void Slots_of_caches_and_read_outs_that_see_everything_are_told()
    {
        var plain = Some.Result(0.5);
        var slotted = Some.Result(0.9) with { SeesWholeSequence = true, Test = Some.Result(0.9).Test with { Figures = new Dictionary<string, double> { ["slots"] = 3.5 } } };
        var results = Some.Comparison(Some.Done("plain", 1, plain), Some.Done("author", 1, slotted));

        var rows = MarkdownReport.ModelRows(results);
        var column = rows[0].Index().Single(title => title.Item == "slots").Index;
        Assert.Equal(["-", "3.5"], rows.Skip(1).Select(row => row[column]));
        var text = MarkdownReport.Write(results);
        Assert.Contains("come through a state that streams: `author`.", text, StringComparison.Ordinal);
        Assert.Contains("Slots are the entries", text, StringComparison.Ordinal);
        Assert.DoesNotContain("slots", MarkdownReport.Write(Some.Comparison(Some.Done("plain", 1, plain))), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("test_slots", CsvReport.Write(results), StringComparison.Ordinal);
        Assert.Equal(3.5, (double)JsonReport.Node(results)["models"]![1]!["figures"]!["slots"]!["mean"]!);
        Assert.True((bool)JsonReport.Node(results)["cells"]![1]!["result"]!["seesWholeSequence"]!);
    }

    [Fact]
    public void Models_stand_side_by_side_with_mean_and_spread()
    {
        var text = MarkdownReport.Write(Some.Comparison(
            Some.Done("mipt", 1, Some.Result(0.8, peak: 1 << 20)),
            Some.Done("mipt", 2, Some.Result(1.0, peak: 3 << 20)),
            Some.Done("transformer", 1, Some.Result(0.75))));

        Assert.Contains(
            "| mipt | 2 of 2 | 0.9000 ± 0.1414 | 0.4500 ± 0.0707 | 0.5000 ± 0.0000 | 2,734,212 | 1,000 ± 0 | 3.0 MiB | 4.0 KiB after 64 tokens | 12.3 ± 0.0 |",
            text, StringComparison.Ordinal);
        Assert.Contains("| transformer | 1 of 1 | 0.7500 | 0.3750 |", text, StringComparison.Ordinal);
        Assert.Contains("2 models, 2 seeds; 3 of 3 cells done.", text, StringComparison.Ordinal);
        Assert.Contains("sample standard deviation", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_seed_is_said_to_have_no_spread()
    {
        var text = MarkdownReport.Write(Some.Comparison(Some.Done("mipt", 1, Some.Result(0.8))));

        Assert.Contains("One seed (n = 1)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("±", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_cells_stand_with_their_reasons()
    {
        var text = MarkdownReport.Write(Some.Comparison(new Cell("mipt", 7) { Status = CellStatus.Failed, Reason = "The loss became NaN\nat step 12." }));

        Assert.Contains("- mipt, seed 7: The loss became NaN at step 12.", text, StringComparison.Ordinal);
        Assert.Contains("| mipt | 7 | failed |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_command_and_config_stand_beside_the_numbers()
    {
        var text = MarkdownReport.Write(Some.Comparison(Some.Done("mipt", 1, Some.Result(0.8))));

        Assert.Contains("| blas | OpenBLAS 0.3.21 |", text, StringComparison.Ordinal);
        Assert.Contains("| cpu.model | a \\| b |", text, StringComparison.Ordinal);
        Assert.Contains("sequence compare quick.json --set training.steps=100", text, StringComparison.Ordinal);
        Assert.Contains("\"steps\": 100", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_of_a_table_has_the_columns_of_its_header()
    {
        var rows = MarkdownReport.ModelRows(Some.Comparison(Some.Done("mipt", 1, Some.Result(0.8)), new Cell("transformer", 1)));

        Assert.All(rows, row => Assert.Equal(rows[0].Count, row.Count));
    }
}
