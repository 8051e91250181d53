using System.Numerics;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>
/// The online form of the level scan (arXiv 2506.10918, algorithm 2): a binary counter whose digit k, where it is 1, holds the aggregate of 2^k
/// nodes. A new node carries through the ones; the prefix is the aggregate of all digits from the highest down.
/// <code>
/// insert x:    k = 0;  while digit k is 1:  x = root_k x, digit k = 0, k + 1;     root_k = x, digit k = 1
/// memoised:    prefix_k = prefix_(next higher digit that is 1) root_k              the prefix of everything, once the lower digits are 0
/// </code>
/// After a carry into digit k the lower ones are 0, so one more aggregation gives the whole prefix: under two a node, amortised, where folding the roots
/// anew would cost log2 n / 2. Rows count for themselves; those that carry alike are aggregated together.
/// <para>
/// A counter of at most R digits forgets: where two roots of 2^(R - 1) nodes would make one, the earlier is dropped and the later stays, so that the
/// last 2^(R - 1) to 2^R - 1 nodes are remembered. It counts what it remembers.
/// </para>
/// </summary>
/// <typeparam name="TState">The nodes.</typeparam>
public sealed class BinaryCounter<TState>
    where TState : class, IScanState<TState>
{
    private readonly IAggregationOperator<TState> _aggregator;
    private readonly long[] _counts;
    private readonly List<TState> _roots;
    private readonly List<TState> _prefixes;
    private readonly int? _mostDigits;

    /// <summary>A counter of nothing, for B rows.</summary>
    public BinaryCounter(IAggregationOperator<TState> aggregator, int batch)
        : this(aggregator, new long[batch], [], [])
    {
    }

    /// <summary>A counter that goes on from where another stood.</summary>
    /// <param name="aggregator">Agg.</param>
    /// <param name="counts">Nodes of each row.</param>
    /// <param name="roots">Digit by digit from the lowest, [B, 1, ...] each; what a row has where its digit is 0 does not matter.</param>
    /// <param name="prefixes">Likewise.</param>
    /// <param name="mostDigits">R; null for as many as it takes.</param>
    public BinaryCounter(IAggregationOperator<TState> aggregator, IEnumerable<long> counts, IEnumerable<TState> roots, IEnumerable<TState> prefixes, int? mostDigits = null) =>
        (_aggregator, _counts, _roots, _prefixes, _mostDigits) = (aggregator, [.. counts], [.. roots], [.. prefixes], mostDigits);

    /// <summary>A counter of roots, whose prefixes are made anew.</summary>
    /// <param name="aggregator">Agg.</param>
    /// <param name="counts">Nodes of each row.</param>
    /// <param name="roots">Digit by digit from the lowest, [B, 1, ...] each; what a row has where its digit is 0 does not matter.</param>
    public BinaryCounter(IAggregationOperator<TState> aggregator, IReadOnlyList<long> counts, IReadOnlyList<TState> roots)
        : this(aggregator, new long[counts.Count], roots, roots)
    {
        for (var digit = roots.Count - 1; digit >= 0; digit--)
        {
            var rows = Enumerable.Range(0, counts.Count).Where(row => (counts[row] >> digit & 1) == 1).ToArray();
            if (rows.Length > 0)
                Settle(Take(roots[digit], rows), rows, digit);
            foreach (var row in rows)
                _counts[row] |= 1L << digit;
        }
    }

    /// <summary>Nodes of each row, those that were forgotten not among them.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>The roots, digit by digit from the lowest, [B, 1, ...] each.</summary>
    public IReadOnlyList<TState> Roots => _roots;

    /// <summary>The memoised prefixes, likewise.</summary>
    public IReadOnlyList<TState> Prefixes => _prefixes;

    /// <summary>The prefixes s_n of rows that have nodes, [R, 1, ...].</summary>
    public TState Prefix(IReadOnlyList<int> rows) => Pick(_prefixes, rows, [.. rows.Select(row => BitOperations.TrailingZeroCount(_counts[row]))]);

    /// <summary>Adds a node to each of <paramref name="rows"/>.</summary>
    /// <param name="nodes">[R, 1, ...].</param>
    /// <param name="rows">R rows, ascending.</param>
    public void Insert(TState nodes, IReadOnlyList<int> rows)
    {
        var carrying = rows.ToArray();
        for (var digit = 0; carrying.Length > 0; digit++)
        {
            if (digit == _roots.Count)
            {
                _roots.Add(Blank(nodes));
                _prefixes.Add(Blank(nodes));
            }

            if (digit == _mostDigits - 1)
            {
                foreach (var row in carrying)
                    _counts[row] &= ~(1L << digit);
            }

            bool Is1(int row) => (_counts[row] >> digit & 1) == 1;
            var (settling, onward) = (carrying.Where(row => !Is1(row)).ToArray(), carrying.Where(Is1).ToArray());
            if (settling.Length > 0)
                Settle(Among(nodes, carrying, settling), settling, digit);
            if (onward.Length > 0)
                nodes = _aggregator.Aggregate(Take(_roots[digit], onward), Among(nodes, carrying, onward));
            carrying = onward;
        }

        foreach (var row in rows)
            _counts[row]++;
    }

    /// <summary>Digit k of <paramref name="rows"/> becomes 1. Rows with higher digits have a prefix before it.</summary>
    private void Settle(TState nodes, int[] rows, int digit)
    {
        _roots[digit] = Put(_roots[digit], rows, nodes);
        var after = rows.Where(row => _counts[row] >> digit > 0).ToArray();
        var prefix = after.Length == 0 ? nodes : _aggregator.Aggregate(
            Pick(_prefixes, after, [.. after.Select(row => digit + BitOperations.TrailingZeroCount(_counts[row] >> digit))]),
            Among(nodes, rows, after));
        var alone = rows.Except(after).ToArray();
        if (after.Length > 0 && alone.Length > 0)
            _prefixes[digit] = Put(_prefixes[digit], alone, Among(nodes, rows, alone));
        _prefixes[digit] = Put(_prefixes[digit], after.Length == 0 ? alone : after, prefix);
    }

    /// <summary>Row <paramref name="rows"/>[i] of digit <paramref name="digits"/>[i], [R, 1, ...].</summary>
    private static TState Pick(List<TState> levels, IReadOnlyList<int> rows, int[] digits)
    {
        var groups = Enumerable.Range(0, rows.Count).GroupBy(i => digits[i]).ToArray();
        if (groups.Length == 1)
            return Take(levels[digits[0]], [.. rows]);

        var order = groups.SelectMany(group => group).ToArray();
        var parts = groups.Select(group => Take(levels[group.Key], [.. group.Select(i => rows[i])])).ToArray();
        var grouped = TState.From([.. Enumerable.Range(0, TState.TensorCount).Select(i => cat(parts.Select(part => part.Tensors[i]).ToArray(), 0))]);
        return Take(grouped, [.. Enumerable.Range(0, order.Length).Select(i => Array.IndexOf(order, i))]);
    }

    private TState Blank(TState like) => like.Each(tensor => zeros([_counts.Length, .. tensor.shape[1..]], tensor.dtype, tensor.device));

    private static TState Among(TState nodes, int[] rows, int[] chosen) => Take(nodes, [.. chosen.Select(row => Array.IndexOf(rows, row))]);

    private static TState Take(TState states, int[] rows)
    {
        if (IsAll(rows, states))
            return states;
        var index = Index(rows, states);
        return states.Each(tensor => tensor.index_select(0, index));
    }

    private static TState Put(TState states, int[] rows, TState values)
    {
        if (IsAll(rows, states))
            return values;
        var index = Index(rows, states);
        return TState.From([.. states.Tensors.Zip(values.Tensors, (tensor, value) => tensor.index_copy(0, index, value))]);
    }

    private static bool IsAll(int[] rows, TState states) => rows.Length == states.Tensors[0].shape[0] && rows.Select((row, i) => row == i).All(same => same);

    private static Tensor Index(int[] rows, TState states) => tensor(rows.Select(row => (long)row).ToArray(), device: states.Tensors[0].device);
}
