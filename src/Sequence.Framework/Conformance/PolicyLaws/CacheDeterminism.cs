using Sequence.Framework.Caching;
using Sequence.Framework.Conformance.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>Chance has a seed.</summary>
internal sealed class CacheDeterminism : IPolicyLaw
{
    private const long T = 64;

    public string Name => "cache-determinism";

    public string Description => "The same options give the same outputs and entries, bit for bit, every time, and take nothing from the process's random stream.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var x = candidate.Inputs(2, T);
        var split = Split.Drawn(T, candidate.Seed, longest: 6);
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            using var twin = candidate.Layer(reads);
            using var state = mixer.Begin(2);
            var y = mixer.Stream(x, split, state);
            foreach (var (again, who) in ((EntryMixer, string)[])[(mixer, "a second time"), (twin, "under a policy of the same options")])
            {
                using var other = again.Begin(2);
                manual_seed(candidate.Seed + 7);
                var expected = rand(1).ToDouble();
                manual_seed(candidate.Seed + 7);
                findings.Exactly(y, again.Stream(x, split, other), () => $"{reads.Text()}, {split}, {who}");
                findings.Holds(expected == rand(1).ToDouble(), () => $"{reads.Text()}, {split}, {who}: numbers are drawn from the process's random stream");
                for (var row = 0; row < 2; row++)
                    findings.Holds(state.Held(row), other.Held(row), row, () => $"{reads.Text()}, {split}, {who}");
            }
        }
    }
}
