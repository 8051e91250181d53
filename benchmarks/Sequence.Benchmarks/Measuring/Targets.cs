using static System.FormattableString;

namespace Sequence.Benchmarks.Measuring;

/// <summary>What the kernels are to keep, beside what a run measured.</summary>
public static class Targets
{
    /// <summary>Every target, judged by the rows of a run.</summary>
    /// <param name="rows">Of the run.</param>
    /// <param name="onGpu">Whether it was on a GPU, which is to keep others than a CPU.</param>
    public static IReadOnlyList<Target> Of(IReadOnlyList<Row> rows, bool onGpu = false) => [.. (onGpu ? OfGpu : Lines(rows)).Select(line => line.Among(rows))];

    private static IEnumerable<Line> OfGpu =>
    [
        Copy("diagonal scan", "diagonal-scan", 1.3),
        Copy("complex diagonal scan", "complex-diagonal-scan", 1.3),
        Fast("selective scan", 10, row => row.Benchmark == "selective-scan" && row.T >= 4_096, "a tree of pairs in PyTorch"),
        Fast("chunked outer-product scans", 1, row => Under(row, "outer-product-scan"), "the faster of the same form in PyTorch and, where it was there, flash-linear-attention"),
        Fast("delta rule", 1, row => Under(row, "delta-rule"), "likewise"),
        Fast("attention", 1, row => row.Benchmark == "attention", "the faster of materialised scores and the operator, which has flash attention in bfloat16"),
    ];

    private static IEnumerable<Line> Lines(IReadOnlyList<Row> rows) =>
    [
        Fast("selective scan", 10, row => row.Benchmark == "selective-scan" && row.T == 1_024, "at 1,024 tokens"),
        new("selective scan", "time a token at 16,384 tokens at most 1.15 of that at 1,024", 1.15, IsFloor: false, row => row.Benchmark == "selective-scan" && row.T == 16_384, row => row.PerToken),
        new(
            "selective scan", "what is saved and workspace at most 1.5 of inputs, outputs and their gradients", 1.5, IsFloor: false,
            row => row.Benchmark == "selective-scan", row => row.Workspace),
        Copy("diagonal scan", "diagonal-scan", 1.5),
        Copy("complex diagonal scan", "complex-diagonal-scan", 1.5),
        Fast("chunked outer-product scans", 1.3, row => Under(row, "outer-product-scan"), "the same form in PyTorch"),
        Layer("mamba", 4),
        Layer("mipt", 1.8),
        Layer("gla", 1.3),
        Fast("attention", 1, row => row.Benchmark == "attention" && row.T >= 512, "the faster of materialised scores and the operator, from 512 tokens on"),
        new(
            "attention", "memory linear in T: four times the tokens take at most 4.4 times the memory", 1.1, IsFloor: false,
            row => row.Benchmark == "attention" && row.T > 1_024, row => Growth(row, rows)),
        Fast("decoding", 3, row => Under(row, "decode"), "one token, batch 1"),
        new("decoding", "time of a token at position 65,536 at most 1.05 of that at 1,024", 1.05, IsFloor: false, row => Under(row, "decode") && row.T == 65_536, row => row.PerToken),
    ];

    private static Line Fast(string name, double times, Func<Row, bool> concerns, string where) =>
        new(name, Invariant($"at least {times:0.##} times as fast as the peer, {where}"), times, IsFloor: true, concerns, row => row.Ratio);

    private static Line Copy(string name, string benchmark, double times) => new(
        name, Invariant($"from 4,096 tokens on at most {times:0.0} of a copy of all bytes that must be read and written"), times, IsFloor: false,
        row => row.Benchmark == benchmark && row.T >= 4_096, row => 1 / row.OfLimit);

    private static Line Layer(string mixer, double times) => Fast(mixer, times, row => row.Benchmark == $"mixer/{mixer}", "in a training step of the layer") with
    {
        Remark = row => row.AtMost is { } most ? Invariant($"; its linear maps alone take {100 * row.GemmShare:0} % of our time, so {most:0.00} is the most that there can be") : "",
    };

    /// <summary>How much more memory a row takes than the next shorter one of its pass, over how many more tokens it has.</summary>
    private static double? Growth(Row row, IReadOnlyList<Row> rows)
    {
        var shorter = rows.Where(other => other.Benchmark == row.Benchmark && other.Pass == row.Pass && other.T < row.T && other.T >= 1_024).MaxBy(other => other.T);
        return row.PeakBytes is > 0 && shorter?.PeakBytes is > 0 ? (double)row.PeakBytes / shorter.PeakBytes / ((double)row.T! / shorter.T) : null;
    }

    private static bool Under(Row row, string family) => row.Benchmark.StartsWith($"{family}/", StringComparison.Ordinal);
}
