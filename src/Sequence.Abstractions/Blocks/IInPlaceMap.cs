using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>A <see cref="Norm"/> or a <see cref="ChannelMixer"/> with a fast path for decoding: it makes neither tensors nor objects.</summary>
public interface IInPlaceMap
{
    /// <summary>Computes what the module computes, without gradients. Parameters are on the CPU, in float32 or float64.</summary>
    /// <param name="x">Inputs, [B, D].</param>
    /// <param name="output">Where the outputs are written, [B, D]; may be <paramref name="x"/>.</param>
    void Map(Tensor x, Tensor output);
}
