using Sequence.Benchmarks.Measuring;
using Sequence.Framework.Training;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>The rows of a run as a page, with the machine, the versions and the command, so that no number stands without them.</summary>
/// <param name="rows">What was measured.</param>
/// <param name="command">As it was typed.</param>
/// <param name="limits">The machine's limits in words.</param>
internal sealed class Report(IReadOnlyList<Row> rows, string command, string limits)
{
    public override string ToString()
    {
        var machine = EnvironmentRecord.Take(CPU);
        return $"""
            # Kernels beside PyTorch, {TimeProvider.System.GetUtcNow():yyyy-MM}

            Machine: {machine.Processors} cores of {machine.Processor}, {machine.System}; libtorch {machine.Libtorch} under both sides, {machine.Blas}; {machine.Runtime};
            {machine.Threads} threads, and both sides keep the memory that they free. Framework {machine.Framework.Split('+')[0]}, commit {machine.Commit}. Command: `{command}`. Limits of the machine in the same run: {limits}.

            B = 4, D = 512, float32. Ours and the peer take turns in one run; times are medians, *times as fast* is the median of peer / ours over neighbouring turns, against the
            faster of the peer's forms. A row is only there if outputs and all gradients agree to {Agreement.Tolerance:0.0000} of the largest number of their tensor: with the peer's on the same inputs, or,
            where the peer is not asked, with our own on the first 1,024 tokens alone. *Of limit*: the time of the machine for the least work (a copy of all bytes that must be read
            and written; the exponentials and the matrix products), over ours. *GEMM share*: the layer's linear maps alone, over ours. *Per token, over short*: our time a token over that at
            1,024 tokens. *Memory*: the resident memory of one call beyond its inputs. *Workspace*: of that, what is neither an output nor a gradient, as a share of inputs,
            outputs and their gradients. `decode`: one token through a model of four layers, D = 256, batch 1; T is the position; both sides compute from a token to 256 logits:
            embedding, four times x + mixer(RMSNorm(x)), RMSNorm, tied head.

            {new RowTable(rows).ToMarkdown()}

            Forms of ours: {string.Join("; ", rows.Where(row => row.Form is { Length: > 0 }).Select(row => row.Form).Distinct())}.

            """;
    }
}
