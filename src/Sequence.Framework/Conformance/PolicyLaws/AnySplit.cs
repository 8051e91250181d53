using Sequence.Caching;
using Sequence.Framework.Conformance.Runs;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>A prompt that is read in pieces is the same prompt.</summary>
internal sealed class AnySplit : IPolicyLaw
{
    private const int Rows = 2;
    private const long T = 100;

    public string Name => "any-split";

    public string Description => "A policy with lifetimes gives the same outputs and holds the same entries however a sequence is cut into calls.";

    public bool AppliesTo(CachePolicy policy) => policy is ILifetimePolicy;

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var x = candidate.Inputs(Rows, T);
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            using var state = mixer.Begin(Rows);
            var steps = mixer.Stream(x, Split.Steps(T), state);
            foreach (var split in Split.All(T, candidate.Seed))
            {
                using var other = mixer.Begin(Rows);
                findings.Agree(steps, state, mixer.Stream(x, split, other), other, () => $"{reads.Text()}, {split} against one by one");
            }
        }
    }
}
