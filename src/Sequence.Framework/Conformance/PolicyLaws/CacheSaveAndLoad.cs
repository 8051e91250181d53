using Sequence.Framework.Caching;
using Sequence.Framework.Conformance.Runs;
using Sequence.Framework.Training;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>A session moves to another process, and the policy there knows what is in the state alone.</summary>
internal sealed class CacheSaveAndLoad : IPolicyLaw
{
    private const long T = 70, Saved = 40;
    private static readonly Split Before = new([29, 1, 1, 9]);
    private static readonly Split After = new([1, 28, 1]);

    public string Name => "cache-save-and-load";

    public string Description => "A state written to a file and read again, under a policy made anew, goes on as if it had never left.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var x = candidate.Inputs(2, T);
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            using var another = candidate.Layer(reads);
            using var state = mixer.Begin(2);
            mixer.Stream(x.narrow(1, 0, Saved), Before, state);
            using var loaded = Reload(state, another.Begin(2));

            findings.Holds(loaded.Bytes == state.Bytes, () => $"{reads.Text()}: the loaded state holds {loaded.Bytes} bytes, the saved one {state.Bytes}");
            var rest = x.narrow(1, Saved, T - Saved);
            findings.Agree(mixer.Stream(rest, After, state), state, another.Stream(rest, After, loaded), loaded, () => $"{reads.Text()}, saved after {Saved} tokens");
        }
    }

    private static EntryCache Reload(EntryCache state, EntryCache fresh)
    {
        using var file = new MemoryStream();
        Safetensors.Write(file, state.Tensors.Select((tensor, index) => (Name: $"{index}", Tensor: tensor)).ToDictionary(each => each.Name, each => each.Tensor));
        file.Position = 0;
        var tensors = Safetensors.Read(file);
        using (fresh)
            return (EntryCache)fresh.Restore(state.Positions, [.. state.Tensors.Select((_, index) => tensors[$"{index}"])]);
    }
}
