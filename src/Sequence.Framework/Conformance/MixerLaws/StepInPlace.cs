using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>The fast path of decoding is another piece of code, and nothing else would say that it is another function.</summary>
internal sealed class StepInPlace : IMixerLaw
{
    private const long Seen = 21, Steps = 9;

    public string Name => "step-in-place";

    public string Description => "A step in place gives the output and leaves the state that advancing by one token does, from the first token on and after others, and makes no tensors.";

    public string? WhySkipped(ScalarType elementType) => elementType == ScalarType.Float32 ? null : "a step in place is in float32 or float64";

    public bool AppliesTo(Candidate candidate)
    {
        using var mixer = candidate.Make();
        return mixer is IInPlaceStep { StepRefusal: null } && candidate.Device.type == DeviceType.CPU;
    }

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
        {
            foreach (var rows in (int[])[1, 3])
            {
                foreach (var seen in (long[])[0, Seen])
                    Judge(candidate, findings, dtype, rows, seen);
            }
        }
    }

    private static void Judge(Candidate candidate, Findings findings, ScalarType dtype, int rows, long seen)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var mixer = candidate.Make(dtype);
        var x = candidate.Inputs(rows, seen + Steps, dtype);
        using var advanced = mixer.CreateState(rows);
        if (seen > 0)
            mixer.Advance(x.narrow(1, 0, seen), SequenceContext.Dense, advanced);
        using var stepped = advanced.Fork();
        var output = empty(rows, x.shape[2], dtype);
        for (var t = seen; t < seen + Steps; t++)
        {
            var token = x.select(1, t).contiguous();
            var before = token.clone();
            var expected = mixer.Advance(token.unsqueeze(1), SequenceContext.Dense, advanced).squeeze(1);
            var tensors = Tensor.TotalCount;
            ((IInPlaceStep)mixer).Step(token, stepped, output);
            var made = Tensor.TotalCount - tensors;

            string Place(string what) => $"{what} of {rows} rows in {dtype}, token {t + 1}";
            findings.Holds(made <= 0 || t == seen, () => $"{Place("a step")} leaves {made} tensors");
            findings.Same(expected, output, () => Place("outputs"));
            findings.Same(before, token, () => Place("inputs after the step"));
            findings.Holds(advanced.Positions.SequenceEqual(stepped.Positions), () => $"{Place("the state")} says that it has seen {string.Join(", ", stepped.Positions)} tokens");
            foreach (var (number, (left, right)) in advanced.Tensors.Zip(stepped.Tensors).Index())
                findings.Same(left, right, () => Place($"tensor {number} of the state"));
        }
    }
}
