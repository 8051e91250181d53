namespace Sequence.Scans;

/// <summary>
/// Agg: M x M -> M, the binary operator of a prefix scan (arXiv 2506.10918, definition 3.1). Batched: N pairs of nodes in one call. It need
/// not be associative; <see cref="Algebra"/> says what it promises.
/// </summary>
/// <typeparam name="TState">The nodes.</typeparam>
public interface IAggregationOperator<TState>
    where TState : IScanState<TState>
{
    /// <summary>What holds of <see cref="Aggregate"/>.</summary>
    Algebra Algebra { get; }

    /// <summary>
    /// The prefix of nothing, as many nodes as <paramref name="like"/> has. No schedule ever passes it to <see cref="Aggregate"/>: e a = a e = a
    /// by construction, whatever was learned.
    /// </summary>
    TState Identity(TState like);

    /// <summary>The aggregate of adjacent nodes: [B, N, ...] x [B, N, ...] -> [B, N, ...].</summary>
    /// <param name="earlier">What came first.</param>
    /// <param name="later">What follows it.</param>
    TState Aggregate(TState earlier, TState later);
}
