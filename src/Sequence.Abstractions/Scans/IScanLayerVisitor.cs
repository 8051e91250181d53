namespace Sequence.Scans;

/// <summary>Does something with a layer for which its types must be known.</summary>
/// <typeparam name="TResult">What comes out.</typeparam>
public interface IScanLayerVisitor<out TResult>
{
    /// <summary>An affine recurrence.</summary>
    TResult Affine<TTransition, TState>(AffineLayer<TTransition, TState> layer)
        where TTransition : ITransition<TTransition, TState>
        where TState : IAffineState<TState>;

    /// <summary>A prefix scan over chunks.</summary>
    TResult Prefix<TState>(PrefixLayer<TState> layer)
        where TState : class, IScanState<TState>;
}
