using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>One step of an affine recurrence, or several in one: s -> E |> s + f.</summary>
/// <param name="Transition">E, [B, N, ...].</param>
/// <param name="Input">f, [B, N, ...].</param>
public sealed record AffineElement<TTransition, TState>(TTransition Transition, TState Input) : IScanState<AffineElement<TTransition, TState>>
    where TTransition : ITransition<TTransition, TState>
    where TState : IAffineState<TState>
{
    /// <inheritdoc/>
    static int IScanState<AffineElement<TTransition, TState>>.TensorCount => TTransition.TensorCount + TState.TensorCount;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Tensors => [.. Transition.Tensors, .. Input.Tensors];

    /// <inheritdoc/>
    static AffineElement<TTransition, TState> IScanState<AffineElement<TTransition, TState>>.From(IReadOnlyList<Tensor> tensors) =>
        new(TTransition.From([.. tensors.Take(TTransition.TensorCount)]), TState.From([.. tensors.Skip(TTransition.TensorCount)]));

    /// <summary>E |> s + f.</summary>
    public TState Apply(TState state) => Transition.Act(state).Plus(Input);
}
