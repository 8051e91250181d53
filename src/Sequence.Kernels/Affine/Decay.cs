using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Kernels.Affine;

/// <summary>
/// Forgetting, elementwise: E |> s = e^l s with l [B, N, ...] broadcast against the state, so that one number a head, one a key channel and one an
/// element are the same code. Kept as a logarithm, in which transitions compose by addition; minus infinity forgets everything.
/// </summary>
/// <param name="Log">l, [B, N, ...] with as many dimensions as the state.</param>
public sealed record Decay(Tensor Log) : ITransition<Decay, TensorState>
{
    /// <inheritdoc/>
    public static int TensorCount => 1;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [Log];

    /// <inheritdoc/>
    public static Decay From(IReadOnlyList<Tensor> tensors) => new(tensors[0]);

    /// <inheritdoc/>
    public Decay Identity() => new(zeros_like(Log));

    /// <inheritdoc/>
    public Decay After(Decay earlier) => new(Log + earlier.Log);

    /// <inheritdoc/>
    public TensorState Act(TensorState state) => new(Log.exp() * state.Values);
}
