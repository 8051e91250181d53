using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>A hand-written backward pass that is nearly right trains nearly as well.</summary>
internal sealed class Gradient : IMixerLaw
{
    private const long T = 13;

    public string Name => "gradient";

    public string Description => "Gradients of inputs and parameters are those that central differences give, in float64.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make(ScalarType.Float64);
        var x = candidate.Inputs(2, T, ScalarType.Float64).requires_grad_();
        var weight = candidate.Inputs(2, T, ScalarType.Float64, draw: 1);
        FiniteDifferences.Compare(
            findings,
            () => (mixer.Forward(x, SequenceContext.Dense) * weight).sum(),
            mixer.named_parameters().Select(each => (each.name, (Tensor)each.parameter)).Append(("x", x)),
            candidate.Seed);
    }
}
