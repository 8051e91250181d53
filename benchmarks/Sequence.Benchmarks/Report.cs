using Sequence.Benchmarks.Measuring;
using Sequence.Benchmarks.Questions;
using Sequence.Framework.Training;

namespace Sequence.Benchmarks;

/// <summary>The rows of a run as a page, with the machine, the versions, the command and the method, so that no number stands without them.</summary>
/// <param name="rows">What was measured.</param>
/// <param name="machine">Where.</param>
/// <param name="command">As it was typed.</param>
/// <param name="limits">The machine's limits in words.</param>
/// <param name="setting">Where it was measured, and at which sizes.</param>
internal sealed class Report(IReadOnlyList<Row> rows, EnvironmentRecord machine, string command, string limits, Setting setting)
{
    public override string ToString() =>
        $"""
        # Kernels beside PyTorch, {TimeProvider.System.GetUtcNow():yyyy-MM}

        - Machine: {machine.Processors} cores of {machine.Processor}, {machine.System}; {(setting.IsGpu ? "measured on its GPU" : "measured on its CPU")}
        - Limits in the same run: {limits}
        - Under both sides: libtorch {machine.Libtorch}, {machine.Blas}, {machine.Threads} threads; ours on {machine.Runtime}
        - Framework {machine.Framework.Split('+')[0]}, commit {machine.Commit ?? "unknown"}
        - Command: `{command}`

        ## Targets

        {new TargetTable(Targets.Of(rows, setting.IsGpu)).ToMarkdown()}

        ## How it was measured

        {setting.Words}, unless a name says otherwise. Ours, every form of the peer and the machine's limits take turns in one run (a, b, c, a, b, c), at
        least {rows.Min(row => row.Rounds) ?? 0} times and up to {rows.Max(row => row.Rounds) ?? 0}, for some seconds a row; both sides keep the memory that they free. Times are medians; ratios are medians
        of the ratios of neighbouring turns, which a machine that slows down meets alike.

        Before anything is timed, values are compared: outputs, and all gradients where there are some, must agree to {setting.Tolerance:0.0000} of the largest number of their tensor. With
        the peer's on the same inputs where it is asked; at lengths that would take it too much memory or time, with our own on the first 1,024 tokens alone, and at the last
        tokens with a plain form in float64 whose state has come the whole way (mixers: outputs, by streaming). A row that does not agree has no figure.

        - *Times as fast*: the time of the peer's fastest form over ours.
        - *Of limit*: the time that the machine needs for the least work there is (a copy of all bytes that must be read and written, or the exponentials and matrix products),
          over ours: 100 % is the limit. A copy also fetches what it overwrites, so what works in place can go beyond it.
        - *GEMM share*: the layer's linear maps alone over ours; *at most*: how many times as fast the layer could be if all else took no time.
        - *Per token, over short*: our time a token over that at 1,024 tokens.
        - *Memory*: the memory of one call beyond its inputs (resident; on a GPU that of tensors); *workspace*: of that, what is neither an output nor a gradient, as a share of inputs, outputs and their
          gradients.
        - `decode`: one token through a model of four layers, D = 256, batch 1, from a token to 256 logits: embedding, four times x + mixer(RMSNorm(x)), RMSNorm, tied head. T is
          the position.

        {string.Join("\n\n", rows.GroupBy(row => row.Benchmark.Split('/')[0]).Select(Section))}

        ## Limits of these figures

        One machine and one run. The peer is PyTorch's Python in eager mode on the libtorch named above; later versions have other kernels. At lengths without a peer, figures are ours alone.

        """;

    private static string Section(IGrouping<string, Row> question)
    {
        List<string> parts = [$"## {question.Key}", new RowTable(question).ToMarkdown()];
        var forms = question.Where(row => row.Form is { Length: > 0 }).Select(row => row.Form).Distinct().ToList();
        if (forms.Count > 0)
            parts.Add($"Ours: {string.Join("; ", forms)}.");
        var others = question.Where(row => row.Correct && row.Peers?.Count > 1).ToList();
        if (others.Count > 0)
            parts.Add($"All forms of the peer, ms: {string.Join("; ", others.Select(row => $"{Place(row)}: {string.Join(", ", row.Peers!.Select(form => FormattableString.Invariant($"{form.Key} {form.Value:0.00}")))}"))}.");
        var dropped = question.Where(row => row.Dropped is not null).SelectMany(row => row.Dropped!.Select(form => $"- {Place(row)}, {form.Key}: {form.Value}")).ToList();
        if (dropped.Count > 0)
            parts.Add($"Forms of the peer that took no turns, being much slower than another or having failed:\n\n{string.Join('\n', dropped)}");
        var failed = question.Where(row => row.Failed is not null).Select(row => $"- {Place(row)}: {row.Failed}").ToList();
        if (failed.Count > 0)
            parts.Add($"Rows without figures because the peer failed:\n\n{string.Join('\n', failed)}");
        return string.Join("\n\n", parts);
    }

    private static string Place(Row row) => FormattableString.Invariant($"{row.Benchmark} at {row.T:n0}, {row.Pass}");
}
