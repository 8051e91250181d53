using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Around the sizes that chunks and vectors have, where ends are forgotten.</summary>
internal sealed class Lengths : IMixerLaw
{
    private static readonly long[] Awkward = [1, 2, 3, 63, 64, 65, 100];

    public string Name => "lengths";

    public string Description => "Sequences of 1, 2, 3, 63, 64, 65 and 100 tokens give outputs of their own shape and type, finite, with gradients, and the same when streamed.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        foreach (var T in Awkward)
        {
            using var scope = NewDisposeScope();
            var x = candidate.Inputs(1, T).requires_grad_();
            var y = mixer.Forward(x, SequenceContext.Dense);
            findings.Holds(y.shape.SequenceEqual(x.shape), () => $"{T} tokens: outputs have the shape [{string.Join(", ", y.shape)}], inputs [{string.Join(", ", x.shape)}]");
            findings.Holds(y.dtype == x.dtype, () => $"{T} tokens: outputs of {x.dtype} inputs are {y.dtype}");
            findings.Holds(y.device.type == x.device.type, () => $"{T} tokens: outputs are on {y.device}, inputs on {x.device}");
            findings.Finite(y, () => $"outputs of {T} tokens");

            y.sum().backward();
            findings.Finite(x.grad!, () => $"gradients of {T} tokens");
            mixer.zero_grad();

            foreach (var split in (Split[])[Split.Whole(T), Split.Drawn(T, candidate.Seed + 1)])
            {
                using var state = mixer.CreateState(1);
                findings.Same(y, mixer.Stream(x.detach(), split, state), () => $"{split}");
            }
        }
    }
}
