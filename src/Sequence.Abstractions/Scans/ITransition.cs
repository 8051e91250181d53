namespace Sequence.Scans;

/// <summary>
/// E, a monoid that acts linearly on states: (E_2 o E_1) |> s = E_2 |> (E_1 |> s). A scalar, a diagonal, a rotation or a matrix: the family
/// decides what a token may do to the memory, and how cheap many tokens are.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
/// <typeparam name="TState">What it acts on.</typeparam>
public interface ITransition<TSelf, TState> : IScanState<TSelf>
    where TSelf : ITransition<TSelf, TState>
    where TState : IAffineState<TState>
{
    /// <summary>The transition that changes nothing, as many nodes as this has.</summary>
    TSelf Identity();

    /// <summary>This o <paramref name="earlier"/>: first the earlier one, then this.</summary>
    TSelf After(TSelf earlier);

    /// <summary>E |> s, node by node; both broadcast over nodes.</summary>
    TState Act(TState state);
}
