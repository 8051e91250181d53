using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>Tokens whose recurrence is no wider than they are, and whose states are read as they are.</summary>
/// <param name="Log">l, [B, T, E].</param>
/// <param name="Input">b, [B, T, E].</param>
public sealed record DiagonalTokens(Tensor Log, Tensor Input) : IDiagonalTokens
{
    /// <inheritdoc/>
    public long Count => Input.shape[1];

    /// <inheritdoc/>
    public Tensor Read(Tensor h) => h;

    /// <inheritdoc/>
    public IDiagonalTokens Slice(long from, long to) => new DiagonalTokens(Log.slice(1, from, to, 1), Input.slice(1, from, to, 1));
}
