using Sequence.Framework.Conformance.Runs;
using Sequence.Framework.Training;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>Whatever a state remembers beside its positions and tensors is lost here, where sessions would lose it.</summary>
internal sealed class SaveAndLoadOfState : IMixerLaw
{
    private const long T = 90, Saved = 50;
    private static readonly PackedRow Packed = new(13, 77);
    private static readonly Split Before = new([29, 1, 20]);
    private static readonly Split After = new([1, 38, 1]);

    public string Name => "save-and-load-of-state";

    public string Description => "A state written to a file and read into a new mixer of the same weights goes on as if it had never left.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
            Judge(candidate, findings, dtype);
    }

    private static void Judge(Candidate candidate, Findings findings, ScalarType dtype)
    {
        using var mixer = candidate.Make(dtype);
        using var another = candidate.Make(dtype);
        var x = candidate.Inputs(2, T, dtype);
        var starts = Packed.Starts(candidate.Device).expand(2, T);

        using var state = mixer.CreateState(2);
        mixer.Stream(x.narrow(1, 0, Saved), Before, state, starts);
        using var loaded = Reload(state, another.CreateState(2));

        findings.Holds(loaded.Bytes == state.Bytes, () => $"{dtype}: the loaded state holds {loaded.Bytes} bytes, the saved one {state.Bytes}");
        var rest = x.narrow(1, Saved, T - Saved);
        findings.Same(
            mixer.Stream(rest, After, state), another.Stream(rest, After, loaded), () => $"{dtype}, {Packed}, saved after {Saved} tokens");
    }

    private static MixerState Reload(MixerState state, MixerState fresh)
    {
        using var file = new MemoryStream();
        Safetensors.Write(file, state.Tensors.Select((tensor, index) => (Name: $"{index}", Tensor: tensor)).ToDictionary(each => each.Name, each => each.Tensor));
        file.Position = 0;
        var tensors = Safetensors.Read(file);
        using (fresh)
            return fresh.Restore(state.Positions, [.. state.Tensors.Select((_, index) => tensors[$"{index}"])]);
    }
}
