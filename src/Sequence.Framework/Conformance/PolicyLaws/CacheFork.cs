using Sequence.Framework.Caching;
using Sequence.Framework.Conformance.Runs;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>What a policy remembers itself is shared by all that fork.</summary>
internal sealed class CacheFork : IPolicyLaw
{
    private const long T = 65, Branch = 30;
    private static readonly Split Before = new([20, 1, 9]);
    private static readonly Split After = new([1, 1, 33]);

    public string Name => "cache-fork";

    public string Description => "A fork of a state and its origin drop entries as if the other were not there.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var (x, other) = (candidate.Inputs(2, T), candidate.Inputs(2, T, draw: 1));
        var (start, mine, its) = (x.narrow(1, 0, Branch), x.narrow(1, Branch, T - Branch), other.narrow(1, Branch, T - Branch));
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            using var origin = mixer.Begin(2);
            mixer.Stream(start, Before, origin);
            using var fork = (EntryCache)origin.Fork();
            findings.Holds(origin.Held(0), fork.Held(0), 0, () => $"{reads.Text()}, a fork after {Branch} tokens");

            var forked = mixer.Stream(its, After, fork);
            var continued = mixer.Stream(mine, After, origin);
            Alone(its, forked, fork, "a fork");
            Alone(mine, continued, origin, "the origin of a fork");

            void Alone(Tensor rest, Tensor y, EntryCache state, string who)
            {
                using var anew = candidate.Layer(reads);
                using var own = anew.Begin(2);
                anew.Stream(start, Before, own);
                findings.Agree(anew.Stream(rest, After, own), own, y, state, () => $"{reads.Text()}, {who} after {Branch} tokens");
            }
        }
    }
}
