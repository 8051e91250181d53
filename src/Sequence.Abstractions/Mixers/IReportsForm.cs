using static TorchSharp.torch;

namespace Sequence.Mixers;

/// <summary>A mixer that computes its function in more than one way, and says in which: a run notes it, so that no speed stands without its reason.</summary>
public interface IReportsForm
{
    /// <summary>The form that <see cref="SequenceMixer.Forward"/> takes on a device, in a few words: "fused scan on the CPU".</summary>
    /// <param name="device">Where the module is.</param>
    /// <param name="dtype">Element type of its inputs.</param>
    string FormOn(Device device, ScalarType dtype);
}
