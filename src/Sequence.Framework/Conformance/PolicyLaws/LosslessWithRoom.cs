using Sequence.Caching;
using Sequence.Framework.Caching;
using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>A full budget is no policy.</summary>
internal sealed class LosslessWithRoom : IPolicyLaw
{
    private const int Rows = 2;
    private const long T = 60;

    public string Name => "lossless-with-room";

    public string Description => "Under a policy that says so, outputs are those without a policy for as long as there is room for every token.";

    public bool AppliesTo(CachePolicy policy) => policy.IsLossless;

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        using var gradients = no_grad();
        var x = candidate.Inputs(Rows, T);
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            using var plain = candidate.Layer(reads, under: false);
            foreach (var split in Split.All(T, candidate.Seed).Append(new([4, 1, 1, 2, T - 8])))
            {
                using var state = mixer.Begin(Rows);
                using var whole = plain.Begin(Rows);
                var at = 0L;
                foreach (var piece in split.Pieces)
                {
                    var tokens = x.narrow(1, at, piece);
                    var (expected, actual) = (plain.Advance(tokens, SequenceContext.Dense, whole), mixer.Advance(tokens, SequenceContext.Dense, state));
                    at += piece;
                    if (!HasRoom(state, mixer.Policy!, piece))
                        break;
                    findings.Agree(expected, whole, actual, state, () => $"{reads.Text()}, {split}, after {at} tokens, all of which there is room for");
                }
            }
        }
    }

    private static bool HasRoom(EntryCache state, CachePolicy policy, long piece)
    {
        using var scope = NewDisposeScope();
        var view = state.View(isPrefill: piece > 1);
        return policy.Bound(view) is not { } bound || (bound >= view.Seen).all().ToBoolean();
    }
}
