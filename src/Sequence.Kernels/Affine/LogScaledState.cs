using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>A state on a log scale, exp(m) R, for gates that are exponentials: see <see cref="LogScaledScan"/>.</summary>
/// <param name="Content">m [B, N, H, 1, 1] float64 and R [B, N, H, K, V].</param>
public sealed record LogScaledState(LogScaled Content) : IAffineState<LogScaledState>
{
    /// <inheritdoc/>
    public static int TensorCount => 2;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [Content.Log, Content.Values];

    /// <inheritdoc/>
    public static LogScaledState From(IReadOnlyList<Tensor> tensors) => new(new LogScaled(tensors[0], tensors[1]));

    /// <inheritdoc/>
    public LogScaledState Zero() => new(new LogScaled(full_like(Content.Log, double.NegativeInfinity), zeros_like(Content.Values)));

    /// <inheritdoc/>
    public LogScaledState Plus(LogScaledState other) => new(Content.Plus(other.Content));
}
