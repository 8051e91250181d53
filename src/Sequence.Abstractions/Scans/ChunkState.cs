using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>The state of the Prefix-Scannable Transformer and its kin: c vectors of width D a node, M = R^(c x D).</summary>
/// <param name="Vectors">[B, N, c, D].</param>
public sealed record ChunkState(Tensor Vectors) : IScanState<ChunkState>
{
    /// <inheritdoc/>
    public static int TensorCount => 1;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [Vectors];

    /// <inheritdoc/>
    public static ChunkState From(IReadOnlyList<Tensor> tensors) => new(tensors[0]);
}
