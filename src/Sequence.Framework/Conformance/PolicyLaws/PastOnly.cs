using Sequence.Caching;
using Sequence.Framework.Conformance.Runs;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>What a later token makes worthless is dropped after it came, not before.</summary>
internal sealed class PastOnly : IPolicyLaw
{
    private const int Rows = 2;
    private const long T = 64;

    public string Name => "past-only";

    public string Description => "Changing the tokens from t on leaves the outputs before t exactly as they were: in one call, in several, and in one pass under a mask.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var (x, other) = (candidate.Inputs(Rows, T), candidate.Inputs(Rows, T, draw: 1));
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            foreach (var t in (long[])[1, 2, 13, 31, 32, 63])
            {
                var changed = cat(new[] { x.narrow(1, 0, t), other.narrow(1, t, T - t) }, 1);
                foreach (var split in (Split[])[Split.Whole(T), new([1, 40, T - 41])])
                {
                    using var state = mixer.Begin(Rows);
                    using var twin = mixer.Begin(Rows);
                    findings.Exactly(
                        mixer.Stream(x, split, state).narrow(1, 0, t), mixer.Stream(changed, split, twin).narrow(1, 0, t), () => $"{reads.Text()}, {split}, with those from {t} on changed");
                }

                if (mixer.Policy is ILifetimePolicy)
                    findings.Exactly(mixer.Score(x).narrow(1, 0, t), mixer.Score(changed).narrow(1, 0, t), () => $"{reads.Text()}, one pass, with the tokens from {t} on changed");
            }
        }
    }
}
