using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>
/// A learned Agg over chunks of vectors that JSON can choose for any layer with such states, from any plugin:
/// <c>{ "name": "psm", "aggregator": { "name": "gated-tree" } }</c>. Made for states [B, N, c, D] with D the width and c the chunk size of its
/// <see cref="Components.ComponentContext"/>.
/// </summary>
/// <param name="name">Name of the module.</param>
public abstract class Aggregator(string name) : nn.Module(name), IAggregationOperator<ChunkState>
{
    /// <inheritdoc/>
    public abstract Algebra Algebra { get; }

    /// <inheritdoc/>
    public virtual ChunkState Identity(ChunkState like) => new(like.Vectors.zeros_like());

    /// <inheritdoc/>
    public abstract ChunkState Aggregate(ChunkState earlier, ChunkState later);
}
