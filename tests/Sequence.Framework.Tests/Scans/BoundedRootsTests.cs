using System.Globalization;
using System.Text.RegularExpressions;
using Sequence.Caching;
using Sequence.Framework.Caching;
using Sequence.Framework.Training;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>Counters and prefix scans of at most R roots remember the last chunks, in the brackets that they would have.</summary>
[Collection(TensorTests.Name)]
public sealed class BoundedRootsTests : IDisposable
{
    private const int Width = 4, ChunkSize = 3;
    private const double Tolerance = 1e-12;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Brackets _brackets = new();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_bounded_counter_holds_the_last_nodes_of_the_tree(int R)
    {
        var leaves = _brackets.Leaves(70);
        var counter = new BinaryCounter<Expression>(_brackets, [0], [], [], R);
        for (var n = 1; n <= 70; n++)
        {
            counter.Insert(leaves.Slice(n - 1, n), [0]);

            Assert.Equal(BinaryCounter.Remembered(n, R), counter.Counts[0]);
            Assert.InRange(counter.Roots.Count, 1, R);
            Assert.InRange(counter.Counts[0], Math.Min(n, 1L << R - 1), (1L << R) - 1);
            Assert.Equal(Last(n, (int)counter.Counts[0]), _brackets.Texts(counter.Prefix([0]))[0]);
        }
    }

    [Fact]
    public void Prefixes_are_made_of_roots()
    {
        var leaves = _brackets.Leaves(70, 3);
        long[] counts = [44, 0, 63];
        var counter = new BinaryCounter<Expression>(_brackets, 3);
        for (var i = 0; i < 70; i++)
        {
            int[] rows = [.. Enumerable.Range(0, 3).Where(row => i < counts[row])];
            if (rows.Length > 0)
                counter.Insert(new(leaves.Ids.narrow(1, i, 1).index_select(0, tensor(rows.Select(row => (long)row).ToArray()))), rows);
        }

        var again = new BinaryCounter<Expression>(_brackets, counts, counter.Roots);

        Assert.Equal(counts, again.Counts);
        Assert.Equal(_brackets.Texts(counter.Prefix([0, 2])), _brackets.Texts(again.Prefix([0, 2])));
        counter.Insert(new(leaves.Ids.narrow(1, 69, 1)), [0, 1, 2]);
        again.Insert(new(leaves.Ids.narrow(1, 69, 1)), [0, 1, 2]);
        Assert.Equal(_brackets.Texts(counter.Prefix([0, 1, 2])), _brackets.Texts(again.Prefix([0, 1, 2])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_session_of_bounded_roots_reads_the_last_chunks_alone(int R)
    {
        const int T = 23 * ChunkSize + 2;
        var layer = new Bent(ChunkSize, Width);
        using var mixer = new PrefixScanMixer<ChunkState>(layer);
        var x = randn([2, T, Width], float64);

        foreach (var prompt in (int[])[1, 10, T - 5])
        {
            using var state = HeldState.Start(mixer, 2, new Holds(R, null));
            mixer.Advance(x.narrow(1, 0, prompt), SequenceContext.Dense, state);
            for (var t = prompt; t < T; t++)
            {
                var y = mixer.Advance(x.narrow(1, t, 1), SequenceContext.Dense, state);

                var chunks = t / ChunkSize;
                var begin = (chunks - (int)BinaryCounter.Remembered(chunks, R)) * ChunkSize;
                for (var row = 0; row < 2; row++)
                {
                    var expected = layer.ByDefinition(x[row].narrow(0, begin, t + 1 - begin))[^1];
                    Assert.InRange((y[row, 0] - expected).abs().max().item<double>(), 0, Tolerance);
                }
            }

            var roots = ((PrefixScanState<ChunkState>)state).Roots.Count;
            Assert.InRange(roots, 1, R);
            using var fork = state.Fork();
            Assert.Equal(R, ((IRootedState)fork).MostRoots);
        }
    }

    [Fact]
    public void States_are_held_in_bfloat16_and_computed_in_what_the_layer_computes_in()
    {
        const int T = 12;
        using var mixer = ScanMixers.Of(new Leak(Width, StateRead.After));
        var x = randn(3, T, Width);
        using var state = HeldState.Start(mixer, 3, new Holds(null, ScalarType.BFloat16));
        using var plain = mixer.CreateState(3);

        var s = zeros(3, Width);
        for (var t = 0; t < T; t++)
        {
            var y = HeldState.Advance(mixer, x.narrow(1, t, 1), SequenceContext.Dense, state);
            mixer.Advance(x.narrow(1, t, 1), SequenceContext.Dense, plain);
            s = (float)Math.Exp(-0.5) * s + x.select(1, t);
            Assert.InRange((y.select(1, 0) - s).abs().max().item<float>(), 0, 1e-6);
            s = s.to(ScalarType.BFloat16).to(float32);
        }

        Assert.Equal(plain.Bytes, 2 * state.Bytes);
        Assert.Equal(plain.Positions, state.Positions);
        using var gathered = state.Gather([2, 0]);
        Assert.Equal(2 * state.Bytes / 3, gathered.Bytes);
        using var loaded = HeldState.Start(mixer, 1, new Holds(null, ScalarType.BFloat16)).Restore(state.Positions, state.Tensors);
        var next = randn(3, 1, Width);
        Assert.Equal(
            HeldState.Advance(mixer, next, SequenceContext.Dense, state).data<float>().ToArray(), HeldState.Advance(mixer, next, SequenceContext.Dense, loaded).data<float>().ToArray());
    }

    [Fact]
    public void A_policy_without_a_word_about_it_leaves_the_state_as_it_is()
    {
        using var mixer = ScanMixers.Of(new Leak(Width, StateRead.After));

        Assert.IsNotType<HeldState>(HeldState.Start(mixer, 1, null));
        Assert.IsNotType<HeldState>(HeldState.Start(mixer, 1, new Holds(3, null)));
        Assert.IsNotType<HeldState>(HeldState.Start(mixer, 1, new Holds(null, ScalarType.Float32)));
    }

    /// <summary>The prefix of the last m of n leaves, as the tree over all of them brackets them.</summary>
    private static string Last(int n, int m) =>
        Regex.Replace(Brackets.Prefix(m), @"x(\d+)", leaf => $"x{int.Parse(leaf.Groups[1].Value, CultureInfo.InvariantCulture) + n - m}");

    private sealed class Holds(int? roots, ScalarType? storage) : StatePolicy
    {
        public override ScalarType? Storage => storage;

        public override int? Roots => roots;
    }
}
