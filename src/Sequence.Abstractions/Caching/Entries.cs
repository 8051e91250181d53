using static TorchSharp.torch;

namespace Sequence.Caching;

/// <summary>What a layer asks its cache for, and what it puts in, for T tokens.</summary>
/// <param name="Queries">q, [B, H, T, K], H a multiple of Hkv; not rotated.</param>
/// <param name="Keys">k, [B, Hkv, T, K]; not rotated.</param>
/// <param name="Values">v, [B, Hkv, T, V].</param>
public sealed record Entries(Tensor Queries, Tensor Keys, Tensor Values)
{
    /// <summary>How much the layer wants each token to be kept, [B, T]; as <see cref="EntryLayer.Scores"/> promises; null where it has no opinion.</summary>
    public Tensor? Scores { get; init; }
}
