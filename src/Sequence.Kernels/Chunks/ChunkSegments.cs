using static TorchSharp.torch;

namespace Sequence.Kernels.Chunks;

/// <summary>
/// What reaches what inside the chunks of packed rows: token j reaches a later token i where no document starts between them, and the state before
/// a chunk reaches i where none has started up to it. Told by counting starts, never by a decay of minus infinity, whose differences are not numbers.
/// </summary>
/// <param name="grid">The chunks.</param>
/// <param name="starts">Where documents start, [B, T] bool; null where each row is one document.</param>
/// <param name="device">Where the masks are made.</param>
internal sealed class ChunkSegments(ChunkGrid grid, Tensor? starts, Device device)
{
    private readonly Tensor _later = ones([grid.Size, grid.Size], @bool, device).triu(1);

    /// <summary>Starts of the chunk up to each token, [B, n, C] int64; null where each row is one document.</summary>
    public Tensor? Begun { get; } = starts is null ? null : grid.SplitRows(starts.to(int64)).cumsum(-1);

    /// <summary>Scores [B, n, H, C, C] with <paramref name="nothing"/> where token j does not reach token i.</summary>
    public Tensor Within(Tensor scores, double nothing) => scores.masked_fill(Unreached(), nothing);

    /// <summary>What reads the state before the chunk, [B, n, H, C, X]: zero where that does not reach.</summary>
    public Tensor Entering(Tensor x, double nothing = 0) => Begun is null ? x : x.masked_fill(Beside(Begun != 0), nothing);

    /// <summary>What goes into the state after the chunk, [B, n, H, C, X]: zero where it does not reach that.</summary>
    public Tensor Leaving(Tensor x, double nothing = 0) => Begun is null ? x : x.masked_fill(Beside(Begun != Ends(Begun)), nothing);

    /// <summary>
    /// What of the state before the chunk is left after it, [B, n, H, K or 1, 1]: zero where a document starts inside; null where nothing is lost.
    /// </summary>
    /// <param name="factor">The decay over the whole chunk; null for none.</param>
    /// <param name="like">Of the factor's element type.</param>
    /// <param name="nothing">What stands for zero.</param>
    /// <param name="all">What stands for one.</param>
    public Tensor? Carrying(Tensor? factor, Tensor like, double nothing = 0, double all = 1) => Begun is null
        ? factor
        : (factor ?? full([1, 1, 1, 1, 1], all, like.dtype, device)).masked_fill(Beside(Ends(Begun) != 0), nothing);

    private Tensor Unreached() =>
        Begun is null ? _later : _later.logical_or(Begun.unsqueeze(-1) != Begun.unsqueeze(-2)).unsqueeze(2);

    private static Tensor Ends(Tensor begun) => begun.narrow(-1, begun.shape[^1] - 1, 1);

    /// <summary>[B, n, C] -> [B, n, 1, C, 1].</summary>
    private static Tensor Beside(Tensor mask) => mask.unsqueeze(2).unsqueeze(-1);
}
