using Sequence.Framework.Conformance.Runs;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>A row is a sequence of its own.</summary>
internal sealed class BatchIndependence : IMixerLaw
{
    private const long T = 63;

    public string Name => "batch-independence";

    public string Description => "A row gives what it gives alone, whatever stands in the other rows, in one pass and streamed.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
            Judge(candidate, findings, dtype);
    }

    private static void Judge(Candidate candidate, Findings findings, ScalarType dtype)
    {
        using var mixer = candidate.Make(dtype);
        var x = candidate.Inputs(3, T, dtype);

        // drawn anew: what is only shifted and scaled looks the same behind a norm
        var changed = x.clone();
        changed[1].copy_(candidate.Inputs(1, T, dtype, draw: 1)[0]);

        foreach (var row in (long[])[0, 2])
        {
            findings.Exactly(mixer.Score(x)[row], mixer.Score(changed)[row], () => $"{dtype}, row {row} of 3 when row 1 changes");
            findings.Same(mixer.Score(x.narrow(0, row, 1))[0], mixer.Score(x)[row], () => $"{dtype}, row {row} of 3 against the row alone");
        }

        var split = new Split([20, 1, 42]);
        using var state = mixer.CreateState(3);
        var streamed = mixer.Stream(x, split, state);
        for (var row = 0; row < 3; row++)
        {
            using var own = mixer.CreateState(1);
            findings.Same(mixer.Stream(x.narrow(0, row, 1), split, own)[0], streamed[row], () => $"{dtype}, row {row} of 3, {split}, against the row alone");
        }
    }
}
