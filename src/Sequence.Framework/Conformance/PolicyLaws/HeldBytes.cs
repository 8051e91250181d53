using Sequence.Framework.Caching;
using Sequence.Framework.Conformance.Runs;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>Memory that is not freed was not saved.</summary>
internal sealed class HeldBytes : IPolicyLaw
{
    private const int Rows = 2;
    private const long Prompt = 150, Steps = 20;

    // of the columns that there may be room for beyond twice those in use, keys as they are rotated among them
    private const long Slack = 32;

    public string Name => "held-bytes";

    public string Description => "A state reports the bytes of what it holds, as many columns as its longest head has entries; beside it lives at most a copy of keys with some room; what was dropped and, in the end, everything is freed.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            Use(candidate, mixer, (_, _, _) => { });
            Collect();
            var before = Tensor.TotalCount;
            var first = -1L;
            Use(candidate, mixer, (state, living, when) =>
            {
                var longest = state.Counts.Max();
                var listed = Rows * (EntryLayout.FixedBytes + longest * state.Layout.UnitBytes);
                findings.Measure(Math.Abs(state.Bytes - listed), 0, () => $"{reads.Text()}, after {when}: {state.Bytes} bytes are reported, and the longest head has {longest} entries, which take {listed}");
                var most = 2 * Rows * (longest + Slack) * state.Layout.UnitBytes;
                findings.Measure(Math.Max(0, state.ReservedBytes - most), 0, () => $"{reads.Text()}, after {when}: {state.ReservedBytes} bytes lie beside {state.Bytes}");

                var beside = living - before - state.Tensors.Count;
                first = first < 0 ? beside : first;
                findings.Measure(Math.Max(0, beside - Math.Max(first, 2)), 0, () => $"{reads.Text()}, after {when}: {beside} tensors live beside the {state.Tensors.Count} of the state");
            });
            Collect();
            var left = Tensor.TotalCount - before;
            findings.Measure(Math.Max(0, left), 0, () => $"{reads.Text()}: {left} tensors are left when the state is gone");
        }
    }

    private static void Use(PolicyCandidate candidate, EntryMixer mixer, Action<EntryCache, long, string> look)
    {
        using var scope = NewDisposeScope();
        var x = candidate.Inputs(Rows, Prompt + Steps);
        using var state = mixer.Begin(Rows);
        Run(0, Split.Whole(Prompt), $"a prompt of {Prompt} tokens");
        for (var t = Prompt; t < Prompt + Steps; t++)
            Run(t, Split.Whole(1), $"{t + 1} tokens");

        void Run(long at, Split split, string when)
        {
            using (NewDisposeScope())
                mixer.Stream(x.narrow(1, at, split.Length), split, state);
            look(state, Tensor.TotalCount - 1, when);
        }
    }

    /// <summary>Frees the garbage of earlier work, which would otherwise lower the count in the middle.</summary>
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
