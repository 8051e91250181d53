using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Training visits such places, and never comes back from a NaN.</summary>
internal sealed class ExtremeInputs : IMixerLaw
{
    private const long T = 65;
    private const double Large = 1e4, Small = 1e-6;

    public string Name => "extreme-inputs";

    public string Description => "Large, small, zero and constant inputs give finite outputs, streamed outputs and gradients.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        var x = candidate.Inputs(2, T);
        foreach (var (name, inputs) in ((string, Tensor)[])
        [
            ($"inputs of {Large:g}", x * Large),
            ($"inputs of {Small:g}", x * Small),
            ("inputs of zero", zeros_like(x)),
            ($"inputs that are all {Large:g}", full_like(x, Large)),
            ($"inputs that are all {-Large:g}", full_like(x, -Large)),
        ])
        {
            using var scope = NewDisposeScope();
            var leaf = inputs.detach().clone().requires_grad_();
            var y = mixer.Forward(leaf, SequenceContext.Dense);
            findings.Finite(y, () => $"outputs of {name}");
            y.sum().backward();
            findings.Finite(leaf.grad!, () => $"gradients by {name}");
            foreach (var (parameter, weight) in mixer.named_parameters())
            {
                if (weight.grad is { } gradient)
                    findings.Finite(gradient, () => $"gradients by {parameter} of {name}");
            }

            mixer.zero_grad();
            using var state = mixer.CreateState(2);
            findings.Finite(mixer.Stream(inputs, new([1, 40, 1, 23]), state), () => $"streamed outputs of {name}");
        }
    }
}
