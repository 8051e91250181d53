using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Packing documents into a row saves padding and must change nothing else.</summary>
internal sealed class SegmentReset : IMixerLaw
{
    private static readonly PackedRow Packed = new(1, 40, 24, 35);
    private static readonly PackedRow Short = new(10, 1, 19);

    public string Name => "segment-reset";

    public string Description => "A document in a pack gives the outputs and gradients it gives alone, in one pass and streamed.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
            Outputs(candidate, findings, dtype);
        if (candidate.ElementTypes.Contains(ScalarType.Float64))
            Gradients(candidate, findings);
    }

    private static void Outputs(Candidate candidate, Findings findings, ScalarType dtype)
    {
        using var mixer = candidate.Make(dtype);
        var x = candidate.Inputs(1, Packed.Length, dtype);
        var starts = Packed.Starts(candidate.Device);
        var alone = cat(Packed.Places.Select(document => mixer.Score(x.narrow(1, document.At, document.Length))).ToArray(), 1);

        findings.Same(alone, mixer.Score(x, new SequenceContext { Starts = starts }), () => $"{dtype}, {Packed}");
        IEnumerable<Split> splits = dtype == candidate.ElementType
            ? Split.All(Packed.Length, candidate.Seed)
            : [new([50, 50]), Split.Drawn(Packed.Length, candidate.Seed)];
        foreach (var split in splits)
        {
            using var state = mixer.CreateState(1);
            findings.Same(alone, mixer.Stream(x, split, state, starts), () => $"{dtype}, {Packed}, {split}");
        }
    }

    private static void Gradients(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make(ScalarType.Float64);
        var packed = candidate.Inputs(1, Short.Length, ScalarType.Float64).requires_grad_();
        var alone = packed.detach().clone().requires_grad_();

        mixer.Forward(packed, new SequenceContext { Starts = Short.Starts(candidate.Device) }).square().sum().backward();
        foreach (var (at, length) in Short.Places)
            mixer.Forward(alone.narrow(1, at, length), SequenceContext.Dense).square().sum().backward();
        findings.Same(alone.grad!, packed.grad!, () => $"gradients of {Short}");
    }
}
