using Sequence.Framework.Conformance.Runs;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>Rows do not compete.</summary>
internal sealed class CacheBatchIndependence : IPolicyLaw
{
    private const int Rows = 3;
    private const long T = 63;

    public string Name => "cache-batch-independence";

    public string Description => "A row gives and holds what it does alone, whatever stands in the other rows.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var x = candidate.Inputs(Rows, T);
        foreach (var reads in PolicyRuns.Reads)
        {
            foreach (var split in (Split[])[new([20, 1, 1, 41]), Split.Drawn(T, candidate.Seed, longest: 4)])
            {
                using var mixer = candidate.Layer(reads);
                using var state = mixer.Begin(Rows);
                var y = mixer.Stream(x, split, state);
                for (var row = 0; row < Rows; row++)
                {
                    using var anew = candidate.Layer(reads);
                    using var own = anew.Begin(1);
                    string Where() => $"{reads.Text()}, {split}, row {row} of {Rows} against the row alone";
                    findings.Same(anew.Stream(x.narrow(0, row, 1), split, own)[0], y[row], Where);
                    findings.Holds(own.Held(0), state.Held(row), row, Where);
                }
            }
        }
    }
}
