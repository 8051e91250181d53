using Sequence.Benchmarks.Measuring;

namespace Sequence.Benchmarks.Tests;

public sealed class RowTests
{
    private static readonly Row Measured = new("scan")
    {
        T = 1_024, Pass = "forward", OursMs = 2, OfLimit = 0.5, GemmShare = 0.25, PerToken = 1.1, PeakBytes = 1, Workspace = 0.1, Correct = true,
    };

    [Fact]
    public void A_row_stands_beside_the_fastest_form_of_the_peer()
    {
        var row = Measured.Beside(new Dictionary<string, double> { ["loop"] = 30, ["tree"] = 20 }, form => form == "tree" ? 10 : 15);

        Assert.Equal("tree", row.Peer);
        Assert.Equal(20, row.PeerMs);
        Assert.Equal(10, row.Ratio);
        Assert.Equal(30, row.Peers!["loop"]);
    }

    [Fact]
    public void A_row_whose_values_differ_carries_no_figure()
    {
        var row = (Measured with { Correct = false, Peer = "loop", PeerMs = 20, Ratio = 10, PeerPeakBytes = 2, Worst = 0.5 }).Checked();

        Assert.False(row.Correct);
        Assert.Equal(("scan", 1_024, "forward"), (row.Benchmark, row.T, row.Pass));
        Assert.All([row.OursMs, row.PeerMs, row.Ratio, row.OfLimit, row.GemmShare, row.PerToken, row.Workspace], figure => Assert.Null(figure));
        Assert.All([row.PeakBytes, row.PeerPeakBytes], figure => Assert.Null(figure));
    }

    [Fact]
    public void A_table_says_that_values_differ_and_shows_no_time()
    {
        var page = new RowTable([Measured with { Correct = false, Peer = "loop", PeerMs = 12_345, OursMs = 54_321, Ratio = 77 }]).ToMarkdown();

        Assert.Contains("values differ", page, StringComparison.Ordinal);
        Assert.All(["12,345", "54,321", "77"], figure => Assert.DoesNotContain(figure, page, StringComparison.Ordinal));
    }
}
