using Sequence.Framework.Training;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>The level scan and the binary counter aggregate in the brackets of the tree, in few calls, and never touch the identity.</summary>
[Collection(TensorTests.Name)]
public sealed class BracketTests : IDisposable
{
    private const int Longest = 300;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly Brackets _brackets = new();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void The_level_scan_brackets_as_the_tree_does_at_every_length()
    {
        for (var n = 0; n <= Longest; n++)
            Assert.Equal(Enumerable.Range(0, n).Select(i => Brackets.Prefix(i)), _brackets.Texts(LevelScan.Exclusive(_brackets, _brackets.Leaves(n))));
    }

    [Fact]
    public void The_counter_brackets_as_the_tree_does_at_every_length()
    {
        var leaves = _brackets.Leaves(Longest);
        var counter = new BinaryCounter<Expression>(_brackets, 1);
        for (var n = 1; n <= Longest; n++)
        {
            counter.Insert(leaves.Slice(n - 1, n), [0]);
            Assert.Equal(Brackets.Prefix(n), Assert.Single(_brackets.Texts(counter.Prefix([0]))));
        }
    }

    [Fact]
    public void A_counter_goes_on_from_the_nodes_of_a_level_scan()
    {
        for (var n = 1; n <= 70; n++)
        {
            var (prefixes, levels) = LevelScan.WithLevels(_brackets, _brackets.Leaves(n));
            Assert.Equal(Enumerable.Range(0, n + 1).Select(i => Brackets.Prefix(i)), _brackets.Texts(prefixes));
            Assert.Equal(Enumerable.Range(0, levels.Count).Select(k => (long)n >> k), levels.Select(level => level.Nodes()));

            var digits = Enumerable.Range(0, BinaryCounter.DigitsOf([n])).ToArray();
            Expression At(Expression nodes, int i) => nodes.Slice(Math.Max(0, i), Math.Max(0, i) + 1);
            var counter = new BinaryCounter<Expression>(
                _brackets, [n], digits.Select(k => At(levels[k], (n >> k) - 1)), digits.Select(k => At(prefixes, n >> k << k)));
            Assert.Equal(Brackets.Prefix(n), _brackets.Texts(counter.Prefix([0]))[0]);
            var more = _brackets.Leaves(n + 9);
            for (var i = n; i < n + 9; i++)
            {
                counter.Insert(more.Slice(i, i + 1), [0]);
                Assert.Equal(Brackets.Prefix(i + 1), _brackets.Texts(counter.Prefix([0]))[0]);
            }
        }
    }

    [Fact]
    public void Rows_of_a_counter_count_for_themselves()
    {
        const int Rows = 3;
        var random = new Random(3);
        var leaves = _brackets.Leaves(120, Rows);
        var counter = new BinaryCounter<Expression>(_brackets, Rows);
        for (var round = 0; round < 100; round++)
        {
            int[] rows = [.. Enumerable.Range(0, Rows).Where(_ => random.Next(3) > 0)];
            if (rows.Length == 0)
                continue;
            var next = rows.Select(row => leaves.Ids[row].narrow(0, counter.Counts[row], 1)).ToArray();
            counter.Insert(new(stack(next, 0)), rows);

            int[] begun = [.. Enumerable.Range(0, Rows).Where(row => counter.Counts[row] > 0)];
            Assert.Equal(begun.Select(row => Brackets.Prefix((int)counter.Counts[row], row)), _brackets.Texts(counter.Prefix(begun)));
        }

        Assert.All(counter.Counts, count => Assert.InRange(count, 40, 100));
        Assert.NotEqual(counter.Counts[0], counter.Counts[1]);
    }

    [Fact]
    public void Rows_that_count_alike_are_aggregated_together()
    {
        var (alone, together) = (new Brackets(), new Brackets());
        BinaryCounter.Inclusive(alone, alone.Leaves(100));
        BinaryCounter.Inclusive(together, together.Leaves(100, rows: 3));
        Assert.Equal(alone.Calls, together.Calls);
        Assert.Equal(3 * alone.Pairs, together.Pairs);
    }

    [Fact]
    public void The_level_scan_takes_fewer_than_two_aggregations_a_node_in_one_call_a_level()
    {
        for (var n = 1; n <= Longest; n++)
        {
            var leaves = _brackets.Leaves(n);
            _brackets.Reset();
            LevelScan.WithLevels(_brackets, leaves);
            Assert.InRange(_brackets.Pairs, 0, 2 * n - 1);
            Assert.InRange(_brackets.Calls, 0, 2 * Math.Ceiling(Math.Log2(n + 1)));
        }
    }

    [Fact]
    public void The_counter_takes_fewer_than_two_aggregations_a_node_amortised_and_logarithmically_many_at_worst()
    {
        var leaves = _brackets.Leaves(1024);
        var counter = new BinaryCounter<Expression>(_brackets, 1);
        var (total, worst) = (0L, 0L);
        var measured = new Dictionary<int, (long Total, long Worst)>();
        for (var n = 1; n <= 1024; n++)
        {
            _brackets.Reset();
            counter.Insert(leaves.Slice(n - 1, n), [0]);
            counter.Prefix([0]);
            total += _brackets.Pairs;
            worst = Math.Max(worst, _brackets.Pairs);
            Assert.InRange(total, 0, 2 * n - 1);
            Assert.InRange(worst, 0, Math.Ceiling(Math.Log2(n + 1)));
            measured[n] = (total, worst);
        }

        // what papers/psm.md 3.2 counts
        Assert.Equal([(11, 3), (120, 6), (1013, 9), (2036, 10)], new[] { 8, 64, 512, 1024 }.Select(n => measured[n]));
    }

    [Fact]
    public void A_counter_holds_logarithmically_many_roots()
    {
        var leaves = _brackets.Leaves(Longest);
        var counter = new BinaryCounter<Expression>(_brackets, 1);
        for (var n = 1; n <= Longest; n++)
        {
            counter.Insert(leaves.Slice(n - 1, n), [0]);
            Assert.Equal((int)Math.Ceiling(Math.Log2(n + 1)), counter.Roots.Count);
            Assert.Equal(counter.Roots.Count, counter.Prefixes.Count);
        }
    }

    [Fact]
    public void The_paper_s_first_prefixes()
    {
        var texts = _brackets.Texts(LevelScan.Exclusive(_brackets, _brackets.Leaves(7)));
        Assert.Equal(
            ["e", "x0", "(x0 x1)", "((x0 x1) x2)", "((x0 x1) (x2 x3))", "(((x0 x1) (x2 x3)) x4)", "(((x0 x1) (x2 x3)) (x4 x5))"], texts);
    }

    [Fact]
    public void Schedules_that_move_brackets_are_refused()
    {
        var leaves = _brackets.Leaves(5);
        Assert.Throws<ScanScheduleException>(() => SequentialFold.Inclusive(_brackets, leaves));
        Assert.Throws<ScanScheduleException>(() => InclusiveScan.Inclusive(_brackets, leaves));
        var refusal = Assert.Throws<ScanScheduleException>(() => ChunkedScan.Inclusive(_brackets, leaves));
        Assert.Contains("\"chunked\"", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("\"level\" or \"counter\"", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, _brackets.Pairs);
    }
}
