using Sequence.Caching;
using Sequence.Framework.Caching;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Tests.Caching;

public sealed class EntryCacheTests : IDisposable
{
    private const double Tolerance = 1e-10;
    private const int D = TinyLayer.D;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string, EntryReads> TokenByToken
    {
        get
        {
            var cases = new TheoryData<string, EntryReads>();
            foreach (var policy in Policies.Keys)
            {
                foreach (var reads in Enum.GetValues<EntryReads>())
                    cases.Add(policy, reads);
            }

            return cases;
        }
    }

    private static Dictionary<string, (CachePolicy Policy, Func<int, IReadOnlyList<PlainEntry>, int, IEnumerable<PlainEntry>> Rule)> Policies { get; } = new()
    {
        ["window"] = (new TinyWindow(5), (_, held, seen) => held.Where(entry => entry.Position > seen - 1 - 5)),
        ["window of one"] = (new TinyWindow(1), (_, held, seen) => held.Where(entry => entry.Position > seen - 1 - 1)),
        ["window of nothing"] = (new TinyWindow(0), (_, _, _) => []),
        ["sinks"] = (new TinyWindow(6, 2), (_, held, seen) => held.Where(entry => entry.Position < 2 || entry.Position > seen - 1 - 6)),
        ["sinks in the cache"] = (new TinyWindow(6, 2, EntryPositions.Cache), (_, held, seen) => held.Where(entry => entry.Position < 2 || entry.Position > seen - 1 - 6)),
        ["threshold"] = (new TinyThreshold(0.2), (_, held, _) => held.Where(entry => entry.Score > 0.2)),
        ["chance"] = (new TinyChance(4), (head, held, _) => held.OrderByDescending(entry => Draw(head, entry.Position)).Take(4)),
    };

    [Theory]
    [MemberData(nameof(TokenByToken))]
    public void Token_by_token_a_session_reads_what_its_policy_holds(string name, EntryReads reads)
    {
        var (policy, rule) = Policies[name];
        using var mixer = Make(reads);
        var x = Inputs(1, 40);
        using var state = mixer.CreateState(1, policy);
        var plain = new PlainSession((TinyLayer)mixer.Layer, rule, policy.Positions);
        for (var t = 0; t < 40; t++)
        {
            using var gradients = no_grad();
            var expected = plain.Call(x.narrow(1, t, 1), t);
            Same(expected, mixer.Advance(x.narrow(1, t, 1), SequenceContext.Dense, state), $"token {t}");
            Holds(plain, state);
        }
    }

    [Theory]
    [MemberData(nameof(TokenByToken))]
    public void Any_split_gives_what_one_pass_gives(string name, EntryReads reads)
    {
        var policy = Policies[name].Policy;
        using var mixer = Make(reads);
        mixer.Policy = policy;
        foreach (var T in (int[])[1, 63, 64, 65, 100])
        {
            var x = Inputs(2, T);
            var whole = mixer.Forward(x, SequenceContext.Dense);
            foreach (var pieces in Splits(T))
            {
                using var state = mixer.CreateState(2);
                Same(whole, Stream(mixer, x, pieces, state), $"{T} tokens in pieces of {string.Join(", ", pieces.Take(8))}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TokenByToken))]
    public void Documents_and_ragged_rows_give_what_they_give_alone(string name, EntryReads reads)
    {
        using var mixer = Make(reads);
        mixer.Policy = Policies[name].Policy;
        long[][] rows = [[17, 1, 22], [40], [3, 9]];
        long[] lengths = [.. rows.Select(row => row.Sum())];
        var x = Inputs(3, 40);
        var starts = zeros([3, 40], @bool);
        for (var row = 0; row < 3; row++)
        {
            var at = 0L;
            foreach (var length in rows[row])
            {
                starts[row, at] = true;
                at += length;
            }
        }

        var whole = mixer.Forward(x, new SequenceContext { Starts = starts, Lengths = lengths });
        using var state = mixer.CreateState(3);
        var random = new Random(3);
        var done = new long[3];
        var streamed = zeros_like(whole);
        while (done.Zip(lengths).Any(each => each.First < each.Second))
        {
            long[] take = [.. lengths.Select((length, row) => Math.Min(length - done[row], random.Next(0, 14)))];
            var t = take.Max() + random.Next(1, 3);
            var (piece, begins) = (full([3, t, D], 9.0, float64), zeros([3, t], @bool));
            for (var row = 0; row < 3; row++)
            {
                piece[row].narrow(0, 0, take[row]).copy_(x[row].narrow(0, done[row], take[row]));
                begins[row].narrow(0, 0, take[row]).copy_(starts[row].narrow(0, done[row], take[row]));
            }

            var y = mixer.Advance(piece, new SequenceContext { Starts = begins, Lengths = take }, state);
            for (var row = 0; row < 3; row++)
            {
                streamed[row].narrow(0, done[row], take[row]).copy_(y[row].narrow(0, 0, take[row]));
                done[row] += take[row];
            }
        }

        Assert.Equal(lengths, state.Positions);
        for (var row = 0; row < 3; row++)
        {
            var at = 0L;
            foreach (var length in rows[row])
            {
                var alone = mixer.Forward(x.narrow(0, row, 1).narrow(1, at, length), SequenceContext.Dense)[0];
                Same(alone, whole[row].narrow(0, at, length), $"one pass, row {row} at {at}");
                Same(alone, streamed[row].narrow(0, at, length), $"streamed, row {row} at {at}");
                at += length;
            }
        }
    }

    [Theory]
    [MemberData(nameof(TokenByToken))]
    public void Gradients_of_one_pass_are_derivatives(string name, EntryReads reads)
    {
        using var mixer = Make(reads);
        mixer.Policy = Policies[name].Policy;
        var x = Inputs(1, 20).requires_grad_();
        mixer.Forward(x, SequenceContext.Dense).square().sum().backward();
        foreach (var (t, d) in ((int, int)[])[(0, 0), (7, 3), (19, 5)])
        {
            double At(double step)
            {
                using var gradients = no_grad();
                var moved = x.detach().clone();
                moved[0, t, d] += step;
                return mixer.Forward(moved, SequenceContext.Dense).square().sum().ToDouble();
            }

            const double h = 1e-6;
            Assert.Equal((At(h) - At(-h)) / (2 * h), x.grad![0, t, d].ToDouble(), tolerance: 1e-6);
        }
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(null, false)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    public void What_drew_most_attention_stays_once_a_call(int? queries, bool accumulates)
    {
        foreach (var reads in Enum.GetValues<EntryReads>())
        {
            using var mixer = Make(reads);
            var policy = new TinyAttention(6, queries, accumulates);
            using var state = mixer.CreateState(1, policy);

            // where only the last queries count, calls of as many
            int[] pieces = queries is { } each ? [.. Enumerable.Repeat(each, 12)] : [20, 1, 1, 5, 1, 1, 1, 4];
            var plain = new PlainSession((TinyLayer)mixer.Layer, (_, held, _) => held.OrderByDescending(entry => accumulates ? entry.DrawnInAll : entry.Drawn).ThenBy(entry => entry.Position).Take(6))
            {
                TokenByToken = false,
            };
            var x = Inputs(1, 40);
            var at = 0;
            foreach (var piece in pieces)
            {
                using var gradients = no_grad();
                Same(plain.Call(x.narrow(1, at, piece), at), mixer.Advance(x.narrow(1, at, piece), SequenceContext.Dense, state), $"at {at}, {reads}");
                Holds(plain, state);
                at += piece;
            }
        }
    }

    [Fact]
    public void Forks_rows_joins_and_loaded_states_go_on_as_their_origin_would()
    {
        foreach (var (name, (policy, _)) in Policies)
        {
            using var mixer = Make();
            var x = Inputs(3, 60);
            using var state = mixer.CreateState(3, policy);
            long[] lengths = [31, 7, 1];
            using var gradients = no_grad();
            mixer.Advance(x.narrow(1, 0, 31), new SequenceContext { Lengths = lengths }, state);
            for (var t = 31; t < 40; t++)
                mixer.Advance(x.narrow(1, t, 1), new SequenceContext { Lengths = [1, t % 2, t == 33 ? 1 : 0] }, state);

            using var fork = state.Fork();
            using var gathered = state.Gather([2, 0]);
            using var rest = state.Gather([1]);
            using var joined = MixerState.Join([gathered, rest]);
            using var fresh = mixer.CreateState(1, policy);
            using var loaded = fresh.Restore(state.Positions, state.Tensors);
            Assert.Equal(state.Bytes, fork.Bytes);
            Assert.Equal(state.Bytes, loaded.Bytes);

            var next = x.narrow(1, 40, 20);
            var expected = Stream(mixer, next, [1, 1, 5, 1, 12], state);
            Same(expected, Stream(mixer, next, [1, 1, 5, 1, 12], fork), $"{name}, fork");
            Same(expected, Stream(mixer, next, [1, 1, 5, 1, 12], loaded), $"{name}, loaded");
            var order = tensor(new long[] { 2, 0, 1 });
            Same(expected.index_select(0, order), Stream(mixer, next.index_select(0, order), [1, 1, 5, 1, 12], joined), $"{name}, joined");
        }
    }

    [Fact]
    public void Bytes_are_those_of_the_tensors_and_memory_is_freed()
    {
        const long Entry = TinyLayer.Hkv * (TinyLayer.K + TinyLayer.V) * sizeof(double) + sizeof(long);
        using var mixer = Make();
        using var state = mixer.CreateState(2, new TinyWindow(10));
        using var gradients = no_grad();
        mixer.Advance(Inputs(2, 500), SequenceContext.Dense, state);

        Assert.Equal(2 * (8 + 10 * Entry), state.Bytes);
        Assert.Equal(2 * (8 + 500 * Entry), state.PeakBytes);
        Assert.InRange(state.ReservedBytes, 0, 2 * 20 * 2 * Entry);
        for (var t = 0; t < 40; t++)
        {
            mixer.Advance(Inputs(2, 1), SequenceContext.Dense, state);
            Assert.Equal(2 * (8 + 10 * Entry), state.Bytes);
            Assert.InRange(state.ReservedBytes, 0, 2 * 20 * 2 * Entry);
        }
    }

    [Fact]
    public void Steps_of_a_full_window_write_into_the_same_memory()
    {
        using var mixer = Make();
        using var state = mixer.CreateState(1, new TinyWindow(100));
        using var gradients = no_grad();
        mixer.Advance(Inputs(1, 130), SequenceContext.Dense, state);
        mixer.Advance(Inputs(1, 1), SequenceContext.Dense, state);
        var before = state.Tensors.Select(each => each.alias()).ToArray();
        for (var t = 0; t < 250; t++)
            mixer.Advance(Inputs(1, 1), SequenceContext.Dense, state);
        Assert.All(state.Tensors.Zip(before), each => Assert.True(each.First.Equals(each.Second)));
    }

    [Theory]
    [InlineData(EntryStorage.BFloat16, 0.01, 2 * 2 * (4 + 3) + 8)]
    [InlineData(EntryStorage.Int8, 0.01, 2 * (4 + 3 + 2 * 4) + 8)]
    public void Held_in_fewer_bits_entries_are_near_and_a_session_is_what_one_pass_is(EntryStorage storage, double relative, long entry)
    {
        foreach (var policy in (CachePolicy[])[new TinyStorage(storage), new TinyWindow(9, 1, EntryPositions.Original, storage)])
        {
            using var mixer = Make();
            mixer.Policy = policy;
            var x = Inputs(2, 50);
            using var state = mixer.CreateState(2);
            var streamed = Stream(mixer, x, [20, 1, 1, 28], state);
            Same(mixer.Forward(x, SequenceContext.Dense), streamed, $"{storage}");

            mixer.Policy = policy is TinyStorage ? null : new TinyWindow(9, 1);
            var exact = mixer.Forward(x, SequenceContext.Dense);
            Assert.NotEqual(0, (streamed - exact).abs().max().ToDouble());
            Assert.InRange((streamed - exact).abs().max().ToDouble() / exact.abs().max().ToDouble(), 0, relative);
            Assert.Equal(2 * (8 + (policy is TinyStorage ? 50 : 10) * entry), state.Bytes);
            mixer.Policy = policy;
            Assert.Equal(2 * mixer.Cost.BytesAfter(50), state.Bytes);
        }
    }

    [Fact]
    public void What_decides_once_a_call_cannot_be_trained_and_scores_without()
    {
        using var mixer = Make();
        mixer.Policy = new TinyAttention(3, null, true);
        var x = Inputs(1, 20);
        var scored = mixer.Forward(x, SequenceContext.Dense);
        mixer.train();
        var refusal = Assert.Throws<NotSupportedException>(() => mixer.Forward(x, SequenceContext.Dense));
        Assert.Equal("tiny cannot be trained: tiny-attention decides once a call: it can be used in a session, not in training.", refusal.Message);
        mixer.Policy = null;
        mixer.eval();
        Same(mixer.Forward(x, SequenceContext.Dense), scored, "scores");
    }

    [Theory]
    [InlineData(16, null, null, new long[] { 16, 16 })]
    [InlineData(16, null, new[] { 3.0, 1.0 }, new long[] { 24, 8 })]
    [InlineData(15, null, new[] { 2.0, 1.0 }, new long[] { 20, 10 })]
    [InlineData(null, 0.25, null, new long[] { 5, 5 })]
    [InlineData(null, 0.1, null, new long[] { 2, 2 })]
    public void Budgets_are_so_many_entries(int? tokens, double? ratio, double[]? heads, long[] expected)
    {
        var budget = new CacheBudget { Tokens = tokens, Ratio = ratio, Heads = heads };
        var layout = new EntryLayout(new EntryShape(2, 4, 3), ScalarType.Float32, new TinyChance(1));
        Assert.Equal(expected, EntryRoom.Of(layout, budget, tensor(new[] { 20L }).view(1, 1, 1)).expand(1, 2, 1).data<long>().ToArray());
    }

    [Theory]
    [InlineData(new[] { 3.0, 1.0 }, new long[] { 24, 24, 8, 8 })]
    [InlineData(new[] { 3.0, 2.0, 1.0 }, new long[] { 21, 21, 14, 7 })]
    [InlineData(new[] { 0.0, 0.0, 0.0, 1.0 }, new long[] { 0, 0, 0, 64 })]
    public void Layers_share_a_budget_by_weight(double[] layers, long[] expected)
    {
        var seen = tensor(new[] { 20L }).view(1, 1, 1);
        for (var layer = 0; layer < 4; layer++)
        {
            var layout = new EntryLayout(new EntryShape(2, 4, 3), ScalarType.Float32, new TinyChance(1)) { Place = new(8, layer, Depth: 4) };
            var tokens = new CacheBudget { Tokens = 16, Layers = layers };
            var ratio = new CacheBudget { Ratio = 0.25, Layers = layers };
            var bytes = new CacheBudget { Bytes = EntryLayout.FixedBytes + 100 * layout.UnitBytes, Layers = layers };

            Assert.Equal(expected[layer], EntryRoom.Of(layout, tokens, seen).item<long>());
            Assert.Equal(expected[layer], EntryRoom.Most(layout, tokens));
            Assert.Equal((long)Math.Ceiling(5 * Share(layer) - 1e-9), EntryRoom.Of(layout, ratio, seen).item<long>());
            Assert.Equal(0.25 * Share(layer), EntryRoom.LargestPart(layout, ratio), tolerance: 1e-12);
            Assert.InRange(EntryRoom.Most(layout, bytes)!.Value, 100 * Share(layer) - 1, 100 * Share(layer) + 1);
        }

        double Share(int layer) => layers[layer * layers.Length / 4] * 4 / Enumerable.Range(0, 4).Sum(each => layers[each * layers.Length / 4]);
    }

    [Fact]
    public void More_weights_than_layers_are_refused()
    {
        using var mixer = new EntryMixer(new TinyLayer(), new(D, 0, Depth: 2));
        var refusal = Assert.Throws<ArgumentException>(() => mixer.Policy = new TinyBudget(new() { Tokens = 4, Layers = [3, 2, 1] }));
        Assert.Equal("budget: 3 weights of layers, and the model has 2.", refusal.Message);
    }

    [Fact]
    public void A_budget_of_bytes_is_never_exceeded_and_one_entry_more_would()
    {
        var layout = new EntryLayout(new EntryShape(2, 4, 3), ScalarType.Float32, new TinyChance(1));
        var room = EntryRoom.Most(layout, new CacheBudget { Bytes = 1000 })!.Value;
        Assert.InRange(1000 - (EntryLayout.FixedBytes + room * layout.UnitBytes), 0, layout.UnitBytes - 1);
    }

    private static double Draw(int head, int position)
    {
        using var scope = NewDisposeScope();
        return EntryNoise.Of(7, tensor(new long[] { position, position }).view(1, 2, 1))[0, head, 0].ToDouble();
    }

    private static EntryMixer Make(EntryReads reads = EntryReads.Inclusive)
    {
        manual_seed(1);
        var mixer = new EntryMixer(new TinyLayer(reads)).to(ScalarType.Float64);
        mixer.eval();
        return mixer;
    }

    private static Tensor Inputs(long B, long T) => randn([B, T, D], float64, generator: new Generator((ulong)(1 + T)));

    private static IEnumerable<long[]> Splits(int T) =>
    [
        [T],
        [.. Enumerable.Repeat(1L, T)],
        .. T > 40 ? (long[][])[[37, 1, T - 38], [1, 1, 20, 3, T - 25], [.. Enumerable.Repeat(1L, 20), T - 20]] : [],
    ];

    private static Tensor Stream(EntryMixer mixer, Tensor x, IEnumerable<long> pieces, MixerState state)
    {
        using var gradients = no_grad();
        var at = 0L;
        var outputs = new List<Tensor>();
        foreach (var piece in pieces)
        {
            outputs.Add(mixer.Advance(x.narrow(1, at, piece), SequenceContext.Dense, state));
            at += piece;
        }

        return cat(outputs, 1);
    }

    private static void Holds(PlainSession plain, EntryCache state)
    {
        var positions = state.EntryPositions.expand(1, TinyLayer.Hkv, -1);
        for (var head = 0; head < TinyLayer.Hkv; head++)
        {
            Assert.Equal(
                plain.Held[head].Select(entry => (long)entry.Position).Order(),
                positions[0, head].contiguous().data<long>().ToArray().Where(position => position >= 0).Order());
        }
    }

    private static void Same(Tensor expected, Tensor actual, string where) =>
        Assert.True(expected.allclose(actual, Tolerance, Tolerance), $"{where}: off by {(expected - actual).abs().max().ToDouble():g3}");
}
