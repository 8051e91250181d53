using Sequence.Benchmarks.Measuring;

namespace Sequence.Benchmarks.Tests;

public sealed class TargetsTests
{
    private static readonly Row Scan = new("selective-scan") { T = 1_024, Pass = "forward", OursMs = 1, Ratio = 12, Correct = true };

    [Fact]
    public void What_was_not_measured_neither_holds_nor_fails() => Assert.All(Targets.Of([]), target => Assert.Null(target.Holds));

    [Fact]
    public void The_worst_row_decides()
    {
        Assert.True(First([Scan]).Holds);

        var target = First([Scan, Scan with { Pass = "forward+backward", Ratio = 9.5 }]);
        Assert.False(target.Holds);
        Assert.StartsWith("9.50 at selective-scan, T = 1,024, forward+backward", target.Measured, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_whose_values_differ_holds_nothing() => Assert.False(First([Scan, (Scan with { Correct = false }).Checked()]).Holds);

    [Fact]
    public void A_ceiling_is_kept_from_below()
    {
        Assert.True(CopyOf(ofLimit: 0.7).Holds);
        Assert.False(CopyOf(ofLimit: 0.6).Holds);
    }

    [Fact]
    public void On_a_gpu_a_scan_is_to_be_nearer_to_a_copy()
    {
        Target On(bool gpu, double ofLimit) => Targets.Of([new Row("diagonal-scan") { T = 4_096, Pass = "forward", OfLimit = ofLimit, Correct = true }], gpu).Single(target => target.Name == "diagonal scan");

        Assert.True(On(gpu: false, 0.7).Holds);
        Assert.False(On(gpu: true, 0.7).Holds);
        Assert.True(On(gpu: true, 0.8).Holds);
    }

    [Fact]
    public void Memory_is_linear_where_it_grows_as_tokens_do()
    {
        Assert.True(Memory(4 << 20, 16 << 20).Holds);
        Assert.False(Memory(4 << 20, 64 << 20).Holds);
    }

    private static Target First(IReadOnlyList<Row> rows) => Targets.Of(rows)[0];

    private static Target CopyOf(double ofLimit) =>
        Targets.Of([new Row("diagonal-scan") { T = 4_096, Pass = "forward", OfLimit = ofLimit, Correct = true }]).Single(target => target.Name == "diagonal scan");

    private static Target Memory(long few, long many) => Targets.Of(
        [
            new Row("attention") { T = 1_024, Pass = "forward", PeakBytes = few, Correct = true },
            new Row("attention") { T = 4_096, Pass = "forward", PeakBytes = many, Correct = true },
        ]).Single(target => target.Line.Contains("memory", StringComparison.Ordinal));
}
