using Sequence.Framework.Conformance.Runs;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Sessions join and leave a batch.</summary>
internal sealed class Gather : ILaw
{
    private const long Next = 20;
    private static readonly long[] Lengths = [40, 5, 23];
    private static readonly int[] Rows = [2, 0, 2, 1];

    public string Name => "gather";

    public string Description => "Rows of a state that are picked, doubled and put in another order go on as their own.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        var x = candidate.Inputs(3, 65);
        using var state = mixer.CreateState(3);
        mixer.StreamRagged(x, Lengths, state, candidate.Seed + 4);

        using var gathered = state.Gather(Rows);
        findings.Holds(gathered.Positions.SequenceEqual(Rows.Select(row => Lengths[row])), () => $"gathered rows have the positions {string.Join(", ", gathered.Positions)}");
        var next = stack(Rows.Select(row => x[row].narrow(0, Lengths[row], Next)).ToArray(), 0);
        var y = mixer.Stream(next, new([1, 12, 7]), gathered);
        for (var place = 0; place < Rows.Length; place++)
        {
            var row = Rows[place];
            var alone = mixer.Score(x.narrow(0, row, 1).narrow(1, 0, Lengths[row] + Next))[0].narrow(0, Lengths[row], Next);
            findings.Same(alone, y[place], () => $"row {row} after {Lengths[row]} tokens, gathered as row {place}");
        }
    }
}
