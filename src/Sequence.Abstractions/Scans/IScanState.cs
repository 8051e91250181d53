using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>
/// The nodes of a scan: a bundle of tensors [B, N, ...] that share the batch B and the node axis N (tokens, chunks, or inner nodes of a
/// tree). Listing its tensors is all that a state does; slicing, interleaving, byte counts and saving are written once over the list.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IScanState<TSelf>
    where TSelf : IScanState<TSelf>
{
    /// <summary>How many tensors the bundle has.</summary>
    static abstract int TensorCount { get; }

    /// <summary>The tensors, each [B, N, ...], in a fixed order.</summary>
    IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>The bundle over <paramref name="tensors"/>, in the order of <see cref="Tensors"/>.</summary>
    static abstract TSelf From(IReadOnlyList<Tensor> tensors);
}
