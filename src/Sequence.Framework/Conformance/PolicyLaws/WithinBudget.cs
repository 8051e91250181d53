using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>A budget that is kept on the whole is none.</summary>
internal sealed class WithinBudget : IPolicyLaw
{
    private const int Rows = 2;
    private const long T = 100;

    public string Name => "within-budget";

    public string Description => "When a call returns, no head holds more entries than the policy says that it may, whatever calls came before.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        using var gradients = no_grad();
        var x = candidate.Inputs(Rows, T);
        var (most, peak) = (0L, 0L);
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            foreach (var split in Split.All(T, candidate.Seed))
            {
                using var scope = NewDisposeScope();
                using var state = mixer.Begin(Rows);
                var at = 0L;
                foreach (var piece in split.Pieces)
                {
                    mixer.Advance(x.narrow(1, at, piece), SequenceContext.Dense, state);
                    at += piece;
                    most = Math.Max(most, state.Bytes / Rows);
                    var view = state.View(isPrefill: piece > 1);
                    if (mixer.Policy!.Bound(view) is not { } bound)
                        continue;
                    var held = view.Held.to(int64).sum(-1, keepdim: true);
                    var over = (held - bound).max().ToInt64();
                    findings.Measure(Math.Max(0, over), 0, () => $"{reads.Text()}, {split}: a head holds {held.max().ToInt64()} entries after {at} tokens, {over} more than it may");
                }

                peak = Math.Max(peak, state.PeakBytes / Rows);
            }
        }

        findings.Note($"a row of {T} tokens holds at most {most} bytes when a call returns, and {peak} inside one");
    }
}
