using Sequence.Framework.Conformance.Runs;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Exactly, because a mixer that sees a little of the future learns to look.</summary>
internal sealed class Causality : ILaw
{
    private const long T = 100;
    private const double Change = 3;

    public string Name => "causality";

    public string Description => "Changing the tokens from t on leaves the outputs before t exactly as they were, and changes some from t on.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        var x = candidate.Inputs(2, T);
        var before = mixer.Score(x);
        foreach (var t in (long[])[1, 2, 31, 32, 63, 64, 99])
        {
            var changed = x.clone();
            changed.narrow(1, t, T - t).add_(Change);
            var after = mixer.Score(changed);

            findings.Exactly(before.narrow(1, 0, t), after.narrow(1, 0, t), () => $"with the tokens from {t} on changed");
            findings.Holds(!before.narrow(1, t, T - t).Equals(after.narrow(1, t, T - t)), () => $"changing the tokens from {t} on changes no output");
        }
    }
}
