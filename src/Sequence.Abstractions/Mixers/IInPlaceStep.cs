using static TorchSharp.torch;

namespace Sequence.Mixers;

/// <summary>
/// A mixer with a fast path for decoding: one token a row, the state in place, the output into a given tensor, and neither tensors nor objects made on the
/// way. It computes what <see cref="SequenceMixer.Advance"/> computes for one token.
/// </summary>
public interface IInPlaceStep
{
    /// <summary>Why no step can be taken in place with the options of this one, in words; null where it can. Asked at every step, so null makes no objects.</summary>
    string? StepRefusal { get; }

    /// <summary>Continues every row by one token, without gradients. Parameters and state are on the CPU, in float32 or float64.</summary>
    /// <param name="x">Inputs, [B, D]; left alone.</param>
    /// <param name="state">The state, moved on.</param>
    /// <param name="output">Where the outputs are written, [B, D]; not <paramref name="x"/>.</param>
    void Step(Tensor x, MixerState state, Tensor output);
}
