using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Sessions join and leave a batch.</summary>
internal sealed class Gather : IMixerLaw
{
    private const long Next = 20;
    private static readonly long[] Lengths = [40, 5, 23];
    private static readonly int[] Picked = [2, 0, 2, 1];
    private static readonly int[] Early = [1], Late = [0, 2];

    public string Name => "gather";

    public string Description => "Rows of a state that are picked, doubled, put in another order or joined with those of another go on as their own.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
        {
            using var mixer = candidate.Make(dtype);
            var x = candidate.Inputs(3, 65, dtype);

            using var all = After(candidate, mixer, x, [0, 1, 2]);
            using var gathered = all.Gather(Picked);
            GoOn(mixer, x, gathered, Picked, findings, $"{dtype}, gathered");

            // shorter first, so that it is the second that shows how wide the joined state is
            using var early = After(candidate, mixer, x, Early);
            using var late = After(candidate, mixer, x, Late);
            using var joined = MixerState.Join([early, late]);
            GoOn(mixer, x, joined, [.. Early, .. Late], findings, $"{dtype}, joined");
        }
    }

    /// <summary>The state of some rows, each after its own number of tokens.</summary>
    private static MixerState After(Candidate candidate, SequenceMixer mixer, Tensor x, int[] rows)
    {
        var state = mixer.CreateState(rows.Length);
        mixer.StreamRagged(stack(rows.Select(row => x[row]).ToArray(), 0), [.. rows.Select(row => Lengths[row])], state, candidate.Seed + 4);
        return state;
    }

    private static void GoOn(SequenceMixer mixer, Tensor x, MixerState state, int[] rows, Findings findings, string how)
    {
        findings.Holds(state.Positions.SequenceEqual(rows.Select(row => Lengths[row])), () => $"{how}: rows have the positions {string.Join(", ", state.Positions)}");
        var next = stack(rows.Select(row => x[row].narrow(0, Lengths[row], Next)).ToArray(), 0);
        var y = mixer.Stream(next, new([1, 12, 7]), state);
        for (var place = 0; place < rows.Length; place++)
        {
            var row = rows[place];
            var alone = mixer.Score(x.narrow(0, row, 1).narrow(1, 0, Lengths[row] + Next))[0].narrow(0, Lengths[row], Next);
            findings.Same(alone, y[place], () => $"{how}, row {row} after {Lengths[row]} tokens as row {place}");
        }
    }
}
