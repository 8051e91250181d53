using Sequence.Framework.Conformance.Runs;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>One definition, several executions: whichever is fastest may be taken.</summary>
internal sealed class ExecutionFormsAgree : IMixerLaw
{
    private const long T = 100;
    private static readonly PackedRow Packed = new(1, 40, 24, 35);

    public string Name => "execution-forms-agree";

    public string Description => "Every schedule that a scan may run under gives the outputs and gradients of the fold in float64 (of the binary counter, where brackets matter), dense and packed.";

    public bool AppliesTo(Candidate candidate)
    {
        using var mixer = candidate.Make();
        return mixer is IScheduledMixer;
    }

    public void Judge(Candidate candidate, Findings findings)
    {
        using var narrow = candidate.Make();
        using var mixer = candidate.Widened(narrow);
        var x = candidate.Inputs(1, T);
        foreach (var documents in (PackedRow?[])[null, Packed])
        {
            var context = new SequenceContext { Starts = documents?.Starts(candidate.Device) };
            var schedules = ((IScheduledMixer)mixer).Schedules;
            var meaning = schedules.Contains(ScanSchedule.Fold) ? ScanSchedule.Fold : ScanSchedule.Counter;
            var expected = Run(mixer, meaning, x.to(float64), context);
            foreach (var schedule in schedules)
            {
                using var scope = NewDisposeScope();
                string Place(string what) => $"{what} under {schedule} against {meaning} in float64{(documents is null ? "" : $", {documents}")}";
                if (candidate.ElementTypes.Contains(ScalarType.Float64))
                {
                    foreach (var ((name, value), (_, actual)) in expected.Zip(Run(mixer, schedule, x.to(float64), context)))
                        findings.Same(value, actual, () => Place(name));
                }

                ((IScheduledMixer)narrow).Schedule = schedule;
                findings.Measure(Off(expected[0].Value, narrow.Score(x, context)), Tolerances.ScanIn(x.dtype), () => Place($"outputs in {x.dtype}, beside the largest,"));
            }
        }
    }

    /// <summary>The outputs, and the gradients of a scalar of them.</summary>
    private static List<(string Name, Tensor Value)> Run(SequenceMixer mixer, ScanSchedule schedule, Tensor x, SequenceContext context)
    {
        ((IScheduledMixer)mixer).Schedule = schedule;
        mixer.zero_grad();
        var inputs = x.detach().clone().requires_grad_();
        var y = mixer.Forward(inputs, context);
        y.square().sum().backward();
        return
        [
            ("outputs", y.detach()),
            ("gradients by the inputs", inputs.grad!),
            .. mixer.named_parameters().Where(each => each.parameter.grad is not null).Select(each => ($"gradients by {each.name}", each.parameter.grad!.clone())),
        ];
    }

    private static double Off(Tensor expected, Tensor actual)
    {
        var off = (actual.to(float64) - expected).abs().max().ToDouble();
        return off == 0 ? 0 : off / expected.abs().max().ToDouble();
    }
}
