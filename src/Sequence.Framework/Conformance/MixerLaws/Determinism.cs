using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Without it no number can be repeated.</summary>
internal sealed class Determinism : IMixerLaw
{
    private const long T = 64;

    public string Name => "determinism";

    public string Description => "The same seed gives the same weights, outputs and gradients, bit for bit, every time; another seed gives others.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var first = candidate.Make();
        using var second = candidate.Make();
        using var different = candidate.Make(seed: candidate.Seed + 1);
        foreach (var ((name, parameter), (_, twin)) in first.named_parameters().Zip(second.named_parameters()))
            findings.Exactly(parameter, twin, () => $"{name} of two mixers of one seed");

        var x = candidate.Inputs(2, T);
        var y = first.Score(x);
        findings.Exactly(y, first.Score(x), () => "outputs of two passes over the same inputs");
        findings.Exactly(y, second.Score(x), () => "outputs of two mixers of one seed");
        findings.Holds(!different.parameters().Any() || !y.Equals(different.Score(x)), () => "another seed gives the same outputs: the weights are not drawn");
        findings.Exactly(Gradient(first, x), Gradient(second, x), () => "gradients of two mixers of one seed");

        using var state = first.CreateState(2);
        using var again = first.CreateState(2);
        var split = Split.Drawn(T, candidate.Seed);
        findings.Exactly(first.Stream(x, split, state), first.Stream(x, split, again), () => $"{split}, twice");
    }

    private static Tensor Gradient(SequenceMixer mixer, Tensor x)
    {
        var inputs = x.detach().clone().requires_grad_();
        mixer.Forward(inputs, SequenceContext.Dense).square().sum().backward();
        return inputs.grad!;
    }
}
