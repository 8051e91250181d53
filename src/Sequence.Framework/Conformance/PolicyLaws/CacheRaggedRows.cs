namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>Rows of a batch have seen different numbers of tokens, and hold different numbers of entries.</summary>
internal sealed class CacheRaggedRows : IPolicyLaw
{
    private const int Rows = 3, Calls = 12;
    private const double Padding = 7, OtherPadding = -3;

    public string Name => "cache-ragged-rows";

    public string Description => "Rows that advance by different numbers of tokens, none at times, give and hold what each does alone, and padding is never seen.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var random = new Random((int)candidate.Seed);
        long[] columns = [.. Enumerable.Range(0, Calls).Select(_ => random.Next(3) == 0 ? 1L : random.Next(2, 16))];
        long[][] takes = [.. columns.Select(t => Enumerable.Range(0, Rows).Select(row => random.NextInt64(t + 1)).ToArray())];
        var x = candidate.Inputs(Rows, Math.Max(1, Enumerable.Range(0, Rows).Max(row => takes.Sum(take => take[row]))));
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            using var state = mixer.Begin(Rows);
            using var other = mixer.Begin(Rows);
            var y = mixer.StreamCalls(x, takes, columns, state, Padding);
            var z = mixer.StreamCalls(x, takes, columns, other, OtherPadding);
            for (var row = 0; row < Rows; row++)
            {
                using var anew = candidate.Layer(reads);
                using var own = anew.Begin(1);
                var alone = anew.StreamCalls(x.narrow(0, row, 1), [.. takes.Select(take => take[row..(row + 1)])], columns, own, Padding)[0];
                string Where() => $"{reads.Text()}, row {row} of {Rows} in calls of up to {columns.Max()} tokens against the row alone";
                findings.Same(alone, y[row], Where);
                findings.Holds(own.Held(0), state.Held(row), row, Where);
                findings.Same(y[row], z[row], () => $"{reads.Text()}, row {row} of {Rows} when other numbers stand at padded places");
            }
        }
    }
}
