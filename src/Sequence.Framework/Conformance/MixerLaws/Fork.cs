using Sequence.Framework.Conformance.Runs;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Beam search, speculative decoding and prompts that are shared stand on copies of states.</summary>
internal sealed class Fork : IMixerLaw
{
    private const long T = 65, Branch = 30;
    private static readonly Split Before = new([20, 10]);
    private static readonly Split After = new([1, 34]);

    public string Name => "fork";

    public string Description => "A fork of a state and its origin go their own ways.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
            Judge(candidate, findings, dtype);
    }

    private static void Judge(Candidate candidate, Findings findings, ScalarType dtype)
    {
        using var mixer = candidate.Make(dtype);
        var (x, other) = (candidate.Inputs(2, T, dtype), candidate.Inputs(2, T, dtype, draw: 1));
        var branched = cat(new[] { x.narrow(1, 0, Branch), other.narrow(1, Branch, T - Branch) }, 1);

        using var origin = mixer.CreateState(2);
        mixer.Stream(x.narrow(1, 0, Branch), Before, origin);
        using var fork = origin.Fork();
        var forked = mixer.Stream(branched.narrow(1, Branch, T - Branch), After, fork);
        findings.Holds(origin.Positions.All(position => position == Branch), () => "advancing a fork moves the positions of its origin");
        var continued = mixer.Stream(x.narrow(1, Branch, T - Branch), After, origin);

        findings.Same(mixer.Score(branched).narrow(1, Branch, T - Branch), forked, () => $"{dtype}, a fork after {Branch} tokens");
        findings.Same(mixer.Score(x).narrow(1, Branch, T - Branch), continued, () => $"{dtype}, the origin of a fork after {Branch} tokens");
    }
}
