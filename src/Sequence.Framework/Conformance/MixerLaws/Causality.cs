using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>
/// Exactly, because a mixer that sees a little of the future learns to look. One that says that it takes an FFT is held to the rounding of one, in
/// float64 too, where there is no room for anything else.
/// </summary>
internal sealed class Causality : IMixerLaw
{
    private const long T = 100;

    public string Name => "causality";

    public string Description => "Changing the tokens from t on leaves the outputs before t exactly as they were (but for rounding, where an FFT is declared), and changes some from t on.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
            Judge(candidate, findings, dtype, dtype switch { ScalarType.Float64 => Tolerances.Float64, ScalarType.BFloat16 => Tolerances.BFloat16, _ => Tolerances.Fft });
    }

    private static void Judge(Candidate candidate, Findings findings, ScalarType dtype, double rounding)
    {
        using var mixer = candidate.Make(dtype);
        var x = candidate.Inputs(2, T, dtype);

        // drawn anew: what is only shifted and scaled looks the same behind a norm
        var other = candidate.Inputs(2, T, dtype, draw: 1);
        var before = mixer.Score(x);
        foreach (var t in (long[])[1, 2, 31, 32, 63, 64, 99])
        {
            var after = mixer.Score(cat(new[] { x.narrow(1, 0, t), other.narrow(1, t, T - t) }, 1));
            var (expected, actual) = (before.narrow(1, 0, t), after.narrow(1, 0, t));
            if (mixer is IUsesFft { UsesFft: true })
                findings.Measure(RelativeToLargest(before, expected, actual), rounding, () => $"with the tokens from {t} on changed, by an FFT, {dtype}");
            else
                findings.Exactly(expected, actual, () => $"with the tokens from {t} on changed, {dtype}");
            findings.Holds(!before.narrow(1, t, T - t).Equals(after.narrow(1, t, T - t)), () => $"changing the tokens from {t} on changes no output, {dtype}");
        }
    }

    private static double RelativeToLargest(Tensor all, Tensor expected, Tensor actual) =>
        (actual - expected).abs().max().to(float64).ToDouble() / all.abs().max().to(float64).ToDouble();
}
