using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>
/// The product of affine steps, (E_2, f_2) (E_1, f_1) = (E_2 o E_1, E_2 |> f_1 + f_2): associative whatever E is (arXiv 2506.10918, section 3).
/// </summary>
public sealed class AffineOperator<TTransition, TState> : IAggregationOperator<AffineElement<TTransition, TState>>
    where TTransition : ITransition<TTransition, TState>
    where TState : IAffineState<TState>
{
    /// <inheritdoc/>
    public Algebra Algebra => Algebra.Associative;

    /// <inheritdoc/>
    public AffineElement<TTransition, TState> Identity(AffineElement<TTransition, TState> like) => new(like.Transition.Identity(), like.Input.Zero());

    /// <inheritdoc/>
    public AffineElement<TTransition, TState> Aggregate(AffineElement<TTransition, TState> earlier, AffineElement<TTransition, TState> later) =>
        new(later.Transition.After(earlier.Transition), later.Apply(earlier.Input));
}
