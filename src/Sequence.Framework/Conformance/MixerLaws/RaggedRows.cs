using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Rows of a batch are of different lengths, in training and in sessions.</summary>
internal sealed class RaggedRows : IMixerLaw
{
    private static readonly long[] Lengths = [100, 1, 64, 37];
    private static readonly PackedRow[] Packed = [new(31, 1, 2, 41), new(1), new(20, 44), new(37)];

    public string Name => "ragged-rows";

    public string Description => "Rows of different lengths give what they give alone, in one pass and advancing by different numbers of tokens, packed with documents too, and padding is never seen.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
        {
            Documents(candidate, findings, dtype);
            using var mixer = candidate.Make(dtype);
            var x = candidate.Inputs(Lengths.Length, Lengths.Max(), dtype);
            var together = mixer.Score(x, new SequenceContext { Lengths = Lengths });
            findings.Finite(together, () => $"{dtype}, outputs at and before padding");

            using var state = mixer.CreateState(Lengths.Length);
            var streamed = mixer.StreamRagged(x, Lengths, state, candidate.Seed + 10, y => findings.Finite(y, () => $"{dtype}, streamed outputs at and before padding"));
            findings.Holds(state.Positions.SequenceEqual(Lengths), () => $"{dtype}: the state says that its rows have seen {string.Join(", ", state.Positions)} tokens, not {string.Join(", ", Lengths)}");
            for (var row = 0; row < Lengths.Length; row++)
            {
                var alone = mixer.Score(x.narrow(0, row, 1).narrow(1, 0, Lengths[row]))[0];
                var place = $"{dtype}, row {row} of {Lengths[row]} tokens beside {Lengths.Max()}";
                findings.Same(alone, together[row].narrow(0, 0, Lengths[row]), () => place);
                findings.Same(alone, streamed[row], () => $"{place}, streamed");
            }
        }
    }

    private static void Documents(Candidate candidate, Findings findings, ScalarType dtype)
    {
        using var mixer = candidate.Make(dtype);
        long[] lengths = [.. Packed.Select(row => row.Length)];
        var x = candidate.Inputs(Packed.Length, lengths.Max(), dtype, draw: 1);
        var starts = zeros([Packed.Length, lengths.Max()], @bool, x.device);
        for (var row = 0; row < Packed.Length; row++)
            starts[row].narrow(0, 0, lengths[row]).copy_(Packed[row].Starts(x.device)[0]);

        var together = mixer.Score(x, new SequenceContext { Lengths = lengths, Starts = starts });
        using var state = mixer.CreateState(Packed.Length);
        var streamed = mixer.StreamRagged(x, lengths, state, candidate.Seed + 11, starts: starts);
        for (var row = 0; row < Packed.Length; row++)
        {
            foreach (var (at, length) in Packed[row].Places)
            {
                var alone = mixer.Score(x.narrow(0, row, 1).narrow(1, at, length))[0];
                var place = $"{dtype}, row {row} of {Packed[row]} beside {lengths.Max()} tokens, the document at {at}";
                findings.Same(alone, together[row].narrow(0, at, length), () => place);
                findings.Same(alone, streamed[row].narrow(0, at, length), () => $"{place}, streamed");
            }
        }
    }
}
