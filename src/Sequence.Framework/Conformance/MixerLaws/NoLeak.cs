using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>A tensor a token is a server that dies at night.</summary>
internal sealed class NoLeak : IMixerLaw
{
    private const int Steps = 8;

    public string Name => "no-leak";

    public string Description => "Training and streaming leave no tensor behind, and a state of constant size holds no more tensors after more tokens.";

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        Use(candidate, mixer);
        Collect();
        var before = Tensor.TotalCount;
        Use(candidate, mixer);
        Use(candidate, mixer);
        var left = Tensor.TotalCount - before;
        findings.Measure(Math.Max(0, left), 0, () => $"{left} tensors are left after two passes, each forward, backward, streamed, forked and gathered");

        if (mixer.Cost.Growth == StateGrowth.Constant)
            Stream(candidate, mixer, findings);
    }

    private static void Use(Candidate candidate, SequenceMixer mixer)
    {
        using var scope = NewDisposeScope();
        var x = candidate.Inputs(2, 30);
        mixer.Forward(x, SequenceContext.Dense).sum().backward();
        mixer.zero_grad();
        using var state = mixer.CreateState(2);
        mixer.Stream(x, new([1, 20, 9]), state);
        using var fork = state.Fork();
        using var gathered = state.Gather([1]);
    }

    private static void Stream(Candidate candidate, SequenceMixer mixer, Findings findings)
    {
        using var state = mixer.CreateState(1);
        Advance();
        Collect();
        var before = Tensor.TotalCount;
        Advance();
        var grown = Tensor.TotalCount - before;
        findings.Measure(Math.Max(0, grown), 0, () => $"the growth is Constant, and yet {Steps} more tokens hold {grown} more tensors");

        void Advance()
        {
            using var scope = NewDisposeScope();
            mixer.Stream(candidate.Inputs(1, Steps), Split.Steps(Steps), state);
        }
    }

    /// <summary>Frees the garbage of earlier work, which would otherwise lower the count in the middle.</summary>
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
