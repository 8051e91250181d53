using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Kernels that share their work among threads have seams.</summary>
internal sealed class Threads : IMixerLaw
{
    // as many numbers as are worth sharing, in rows that no number of threads divides
    private const long Rows = 43, T = 220;
    private const int Several = 4;

    public string Name => "threads";

    public string Description => "Several threads give the outputs and gradients that one gives.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        var x = candidate.Inputs(Rows, T);
        // a plain sum would have no gradient behind a norm but that of rounding
        var weight = candidate.Inputs(Rows, T, draw: 1);
        var (alone, aloneGradient) = Run(mixer, x, weight, 1);
        var (shared, sharedGradient) = Run(mixer, x, weight, Several);

        findings.Same(alone, shared, () => $"outputs of {Rows} rows on {Several} threads");
        findings.Same(aloneGradient, sharedGradient, () => $"gradients by the inputs of {Rows} rows on {Several} threads");
    }

    private static (Tensor Output, Tensor Gradient) Run(SequenceMixer mixer, Tensor x, Tensor weight, int threads)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        try
        {
            var inputs = x.detach().clone().requires_grad_();
            var y = mixer.Forward(inputs, SequenceContext.Dense);
            (y * weight).sum().backward();
            return (y.detach(), inputs.grad!);
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
