using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>Forgetting on a log scale: E |> exp(m) R = exp(m + l) R. Only the scale moves; minus infinity forgets everything.</summary>
/// <param name="Log">l, [B, N, H, 1, 1] float64.</param>
public sealed record LogScaledDecay(Tensor Log) : ITransition<LogScaledDecay, LogScaledState>
{
    /// <inheritdoc/>
    public static int TensorCount => 1;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [Log];

    /// <inheritdoc/>
    public static LogScaledDecay From(IReadOnlyList<Tensor> tensors) => new(tensors[0]);

    /// <inheritdoc/>
    public LogScaledDecay Identity() => new(zeros_like(Log));

    /// <inheritdoc/>
    public LogScaledDecay After(LogScaledDecay earlier) => new(Log + earlier.Log);

    /// <inheritdoc/>
    public LogScaledState Act(LogScaledState state) => new(state.Content with { Log = state.Content.Log + Log });
}
