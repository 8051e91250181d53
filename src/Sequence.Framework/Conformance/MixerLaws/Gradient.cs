using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>A hand-written backward pass that is nearly right trains nearly as well. One that is right in float64 may be another piece of code in the type that is trained in.</summary>
internal sealed class Gradient : IMixerLaw
{
    private const long Short = 13, Long = 100;

    public string Name => "gradient";

    public string Description => "Gradients of inputs and parameters are those that central differences give, in float64, and in the element type that is tried those of float64.";

    public void Judge(Candidate candidate, Findings findings)
    {
        if (candidate.ElementTypes.Contains(ScalarType.Float64))
            AgainstDifferences(candidate, findings);
        AgainstFloat64(candidate, findings);
    }

    private static void AgainstDifferences(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make(ScalarType.Float64);
        var x = candidate.Inputs(2, Short, ScalarType.Float64).requires_grad_();
        var weight = candidate.Inputs(2, Short, ScalarType.Float64, draw: 1);
        FiniteDifferences.Compare(
            findings,
            () => (mixer.Forward(x, SequenceContext.Dense) * weight).sum(),
            mixer.named_parameters().Select(each => (each.name, (Tensor)each.parameter)).Append(("x", x)),
            candidate.Seed);
    }

    /// <summary>Over so many tokens that chunks and blocks of a kernel have seams.</summary>
    private static void AgainstFloat64(Candidate candidate, Findings findings)
    {
        using var narrow = candidate.Make();
        using var wide = candidate.Widened(narrow);
        var (x, weight) = (candidate.Inputs(2, Long), candidate.Inputs(2, Long, draw: 1));
        foreach (var ((name, expected), (_, actual)) in Gradients(wide, x.to(float64), weight.to(float64)).Zip(Gradients(narrow, x, weight)))
            findings.BesideLargest(expected, actual, Tolerances.GradientIn(x.dtype), () => $"the gradient by {name} in {x.dtype} against float64");
    }

    private static List<(string Name, Tensor Value)> Gradients(SequenceMixer mixer, Tensor x, Tensor weight)
    {
        var inputs = x.detach().clone().requires_grad_();
        (mixer.Forward(inputs, SequenceContext.Dense) * weight).sum().backward();
        return [("x", inputs.grad!), .. mixer.named_parameters().Select(each => (each.name, each.parameter.grad ?? zeros_like(each.parameter)))];
    }
}
