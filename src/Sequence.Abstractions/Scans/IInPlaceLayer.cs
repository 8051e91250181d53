using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>An <see cref="AffineLayer{TTransition, TState}"/> with a fast path for decoding: what makes a mixer of it an <see cref="Mixers.IInPlaceStep"/>.</summary>
/// <typeparam name="TState">s.</typeparam>
public interface IInPlaceLayer<TState>
{
    /// <summary>Continues every row by one token, without gradients, and makes neither tensors nor objects.</summary>
    /// <param name="x">Inputs, [B, D]; left alone.</param>
    /// <param name="state">s, moved on in place; its tensors are contiguous.</param>
    /// <param name="windows">The windows of the short convolutions, moved on in place; contiguous.</param>
    /// <param name="output">Where the outputs are written, [B, D]; not <paramref name="x"/>.</param>
    void Step(Tensor x, TState state, IReadOnlyList<Tensor> windows, Tensor output);
}
