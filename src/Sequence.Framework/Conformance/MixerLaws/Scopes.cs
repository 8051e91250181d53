using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Steps run in dispose scopes of their own.</summary>
internal sealed class Scopes : IMixerLaw
{
    public string Name => "scopes";

    public string Description => "What a state and a gradient need outlives the dispose scope that it was made in.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        var x = candidate.Inputs(1, 70);
        using var state = mixer.CreateState(1);
        using (NewDisposeScope())
            mixer.Stream(x.narrow(1, 0, 65), new([64, 1]), state);
        findings.Same(mixer.Score(x).narrow(1, 65, 5), mixer.Stream(x.narrow(1, 65, 5), Split.Whole(5), state), () => "tokens after the end of the scope that those before them were advanced in");

        var (inside, outside) = (x.detach().clone().requires_grad_(), x.detach().clone().requires_grad_());
        Tensor y;
        using (NewDisposeScope())
            y = mixer.Forward(inside, SequenceContext.Dense).MoveToOuterDisposeScope();
        y.square().sum().backward();
        mixer.Forward(outside, SequenceContext.Dense).square().sum().backward();
        findings.Exactly(outside.grad!, inside.grad!, () => "gradients after the end of the scope of the forward pass");
    }
}
