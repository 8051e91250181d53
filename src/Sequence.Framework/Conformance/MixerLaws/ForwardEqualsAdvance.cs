using Sequence.Framework.Conformance.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>The sequential-parallel duality: what makes training and streaming the same model.</summary>
internal sealed class ForwardEqualsAdvance : IMixerLaw
{
    private const long Rows = 2;

    public string Name => "forward-equals-advance";

    public string Description => "Advancing through a sequence in any pieces gives what one forward pass over the whole gives.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
        {
            var T = dtype == ScalarType.Float64 ? 65 : 100;
            Judge(candidate, findings, dtype, T, Split.All(T, candidate.Seed));
        }

        // long enough for chunks that are larger than a piece
        Judge(candidate, findings, candidate.ElementType, 200, [new([150, 1, 49]), Split.Drawn(200, candidate.Seed, longest: 70)]);
    }

    private static void Judge(Candidate candidate, Findings findings, ScalarType dtype, long T, IEnumerable<Split> splits)
    {
        using var mixer = candidate.Make(dtype);
        var x = candidate.Inputs(Rows, T, dtype);
        var whole = mixer.Score(x);
        foreach (var split in splits)
        {
            using var scope = NewDisposeScope();
            using var state = mixer.CreateState((int)Rows);
            var streamed = mixer.Stream(x, split, state);

            findings.Same(whole, streamed, () => $"{dtype}, {split}");
            findings.Measure(RootMeanSquareRatio(whole, streamed), Tolerances.CachedIn(dtype), () => $"{dtype}, {split}: the outputs are off on the whole");
            findings.Holds(state.Positions.All(position => position == T), () => $"{split}: the state says that it has seen {string.Join(", ", state.Positions)} tokens");
        }
    }

    private static double RootMeanSquareRatio(Tensor expected, Tensor actual)
    {
        if (!expected.shape.SequenceEqual(actual.shape))
            return double.PositiveInfinity;
        var off = (actual - expected).to(float64).square().mean().sqrt().ToDouble();
        return off == 0 ? 0 : off / expected.to(float64).square().mean().sqrt().ToDouble();
    }
}
