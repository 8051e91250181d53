using Sequence.Caching;
using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>What is trained is what is run.</summary>
internal sealed class StreamingEqualsMasked : IPolicyLaw
{
    private const int Rows = 2;
    private const long T = 100;
    private static readonly PackedRow Packed = new(1, 40, 24, 35);

    public string Name => "streaming-equals-masked";

    public string Description => "Under a policy with lifetimes, one pass over a whole sequence gives what its calls give, for packed documents and in training too.";

    public bool AppliesTo(CachePolicy policy) => policy is ILifetimePolicy;

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var x = candidate.Inputs(Rows, T);
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            using var state = mixer.Begin(Rows);
            var steps = mixer.Stream(x, Split.Steps(T), state);
            findings.Same(steps, mixer.Score(x), () => $"{reads.Text()}, one pass against steps");

            mixer.train();
            findings.Same(steps, mixer.Forward(x, SequenceContext.Dense).detach(), () => $"{reads.Text()}, one pass in training against steps");
            mixer.eval();

            var row = x.narrow(0, 0, 1);
            var packed = mixer.Score(row, new SequenceContext { Starts = Packed.Starts(candidate.Device) });
            foreach (var (at, length) in Packed.Places)
            {
                using var alone = mixer.Begin(1);
                findings.Same(
                    mixer.Stream(row.narrow(1, at, length), Split.Steps(length), alone), packed.narrow(1, at, length), () => $"{reads.Text()}, {Packed}, the one at {at} in one pass against its steps alone");
            }
        }
    }
}
