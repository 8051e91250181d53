using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>What every sequence mixer keeps, whatever its architecture.</summary>
public sealed class MixerLaws : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Mixers => Installed.Variants<SequenceMixer>();

    public static TheoryData<string, ScalarType> MixersInEachType
    {
        get
        {
            var cases = new TheoryData<string, ScalarType>();
            foreach (var mixer in Installed.Names<SequenceMixer>())
                foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                    cases.Add(mixer, dtype);
            return cases;
        }
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void There_are_mixers() => Assert.NotEmpty(Installed.Variants<SequenceMixer>());

    [Theory]
    [MemberData(nameof(MixersInEachType))]
    public void Forward_equals_advance_in_any_split(string name, ScalarType dtype)
    {
        using var mixer = Make(name, dtype);
        foreach (var T in (long[])[1, 63, 64, 65, 100])
        {
            var x = Rows.Random(2, T, dtype);
            var expected = Forward(mixer, x);
            foreach (var pieces in Splits(T))
            {
                using var state = mixer.CreateState(2);
                Tolerance.Same(expected, Rows.Advance(mixer, x, pieces, state));
                Assert.Equal([T, T], state.Positions);
            }
        }
    }

    [Theory]
    [MemberData(nameof(MixersInEachType))]
    public void Rows_of_different_lengths_give_what_they_give_alone(string name, ScalarType dtype)
    {
        using var mixer = Make(name, dtype);
        long[] lengths = [100, 1, 64, 37];
        var x = Rows.Random(4, 100, dtype);

        var together = Forward(mixer, x, new SequenceContext { Lengths = lengths });
        using var state = mixer.CreateState(4);
        var advanced = Rows.AdvanceRagged(mixer, x, lengths, state, seed: 11);

        Assert.True(together.isfinite().all().ToBoolean(), "Outputs at padded positions are finite.");
        Assert.Equal(lengths, state.Positions);
        for (var row = 0; row < 4; row++)
        {
            var alone = Forward(mixer, x[row].narrow(0, 0, lengths[row]).unsqueeze(0)).squeeze(0);
            Tolerance.Same(alone, together[row].narrow(0, 0, lengths[row]));
            Tolerance.Same(alone, advanced[row]);
        }
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void The_future_leaves_the_past_exactly_as_it_was(string name)
    {
        using var mixer = Make(name);
        var x = Rows.Random(2, 65, float32);
        foreach (var t in (long[])[1, 32, 64])
        {
            var changed = x.clone();
            changed.narrow(1, t, 65 - t).add_(3);

            var (before, after) = (Forward(mixer, x), Forward(mixer, changed));

            Tolerance.Exactly(before.narrow(1, 0, t), after.narrow(1, 0, t));
            Assert.False(before.select(1, t).Equals(after.select(1, t)), "The changed token changes its own output.");
        }
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Rows_do_not_see_each_other(string name)
    {
        using var mixer = Make(name);
        var x = Rows.Random(3, 63, float32);
        var changed = x.clone();
        changed[1].add_(3);

        var (before, after) = (Forward(mixer, x), Forward(mixer, changed));

        Tolerance.Exactly(before[0], after[0]);
        Tolerance.Exactly(before[2], after[2]);
        Tolerance.Same(before[2], Forward(mixer, x.narrow(0, 2, 1))[0]);
    }

    [Theory]
    [MemberData(nameof(MixersInEachType))]
    public void A_document_in_a_pack_gives_what_it_gives_alone(string name, ScalarType dtype)
    {
        using var mixer = Make(name, dtype);
        long[] documents = [1, 40, 24, 35];
        var x = Rows.Random(1, documents.Sum(), dtype);
        var starts = Rows.Starts(documents);

        var alone = new List<Tensor>();
        var at = 0L;
        foreach (var length in documents)
        {
            alone.Add(Forward(mixer, x.narrow(1, at, length)));
            at += length;
        }

        var expected = cat(alone, 1);
        Tolerance.Same(expected, Forward(mixer, x, new SequenceContext { Starts = starts }));
        foreach (var pieces in Splits(documents.Sum()))
        {
            using var state = mixer.CreateState(1);
            Tolerance.Same(expected, Rows.Advance(mixer, x, pieces, state, starts));
        }
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Documents_in_a_pack_give_the_gradients_they_give_alone(string name)
    {
        using var mixer = Make(name, ScalarType.Float64);
        var packed = Rows.Random(1, 30, float64).requires_grad_();
        var alone = packed.detach().clone().requires_grad_();

        mixer.Forward(packed, new SequenceContext { Starts = Rows.Starts(10, 20) }).square().sum().backward();
        foreach (var (at, length) in ((long, long)[])[(0, 10), (10, 20)])
            mixer.Forward(alone.narrow(1, at, length), SequenceContext.Dense).square().sum().backward();

        Tolerance.Same(alone.grad!, packed.grad!);
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Every_parameter_is_registered_once_and_trained(string name)
    {
        using var mixer = Make(name);
        Weights.AreTrained(mixer, () => mixer.Forward(Rows.Random(2, 10, float32), SequenceContext.Dense).square().sum());
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Gradients_are_those_of_the_function(string name)
    {
        using var mixer = Make(name, ScalarType.Float64);
        var x = Rows.Random(2, 5, float64).requires_grad_();
        var weight = Rows.Random(2, 5, float64, seed: 2);

        Weights.HaveTheGradientOf(
            () => (mixer.Forward(x, SequenceContext.Dense) * weight).sum(),
            mixer.named_parameters().Select(each => (each.name, (Tensor)each.parameter)).Append(("x", x)));
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Gradients_outlive_the_scope_of_the_forward_pass(string name)
    {
        using var mixer = Make(name);
        var (x, kept) = (Rows.Random(2, 30, float32).requires_grad_(), Rows.Random(2, 30, float32).requires_grad_());
        Tensor y;
        using (NewDisposeScope())
            y = mixer.Forward(x, SequenceContext.Dense).MoveToOuterDisposeScope();

        y.square().sum().backward();
        mixer.Forward(kept, SequenceContext.Dense).square().sum().backward();

        Tolerance.Exactly(kept.grad!, x.grad!);
    }

    [Theory]
    [MemberData(nameof(MixersInEachType))]
    public void A_state_holds_the_bytes_that_its_cost_says(string name, ScalarType dtype)
    {
        using var mixer = Make(name, dtype);
        var x = Rows.Random(3, 100, dtype);
        foreach (var T in (long[])[1, 2, 63, 64, 65, 100])
        {
            using var state = mixer.CreateState(3);
            Assert.Equal(3 * mixer.Cost.BytesAfter(0), state.Bytes);
            Rows.Advance(mixer, x.narrow(1, 0, T), Splits(T).Last(), state);

            var cost = 3 * mixer.Cost.BytesAfter(T);
            if (mixer.Cost.Growth == StateGrowth.Logarithmic)
                Assert.InRange(state.Bytes, 0, cost);
            else
                Assert.Equal(cost, state.Bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void A_fork_and_its_origin_go_their_own_ways(string name)
    {
        using var mixer = Make(name);
        var (x, other) = (Rows.Random(2, 65, float32), Rows.Random(2, 65, float32, seed: 2));
        var branched = cat(new[] { x.narrow(1, 0, 30), other.narrow(1, 30, 35) }, 1);

        using var origin = mixer.CreateState(2);
        Rows.Advance(mixer, x.narrow(1, 0, 30), [20, 10], origin);
        using var fork = origin.Fork();
        var forked = Rows.Advance(mixer, branched.narrow(1, 30, 35), [1, 34], fork);
        var continued = Rows.Advance(mixer, x.narrow(1, 30, 35), [1, 34], origin);

        Tolerance.Same(Forward(mixer, branched).narrow(1, 30, 35), forked);
        Tolerance.Same(Forward(mixer, x).narrow(1, 30, 35), continued);
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Gathered_rows_go_on_as_their_own(string name)
    {
        using var mixer = Make(name);
        var x = Rows.Random(3, 65, float32);
        long[] lengths = [40, 5, 23];
        int[] rows = [2, 0, 2, 1];

        using var state = mixer.CreateState(3);
        Rows.AdvanceRagged(mixer, x, lengths, state, seed: 5);
        using var gathered = state.Gather(rows);
        Assert.Equal(rows.Select(row => lengths[row]), gathered.Positions);
        var next = stack(rows.Select(row => x[row].narrow(0, lengths[row], 20)).ToArray(), 0);
        var y = Rows.Advance(mixer, next, [1, 12, 7], gathered);

        for (var row = 0; row < rows.Length; row++)
            Tolerance.Same(Forward(mixer, x.narrow(0, rows[row], 1))[0].narrow(0, lengths[rows[row]], 20), y[row]);
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Gather([3]));
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void The_same_seed_gives_the_same_mixer(string name)
    {
        var x = Rows.Random(2, 64, float32);
        using var first = Make(name, seed: 5);
        using var second = Make(name, seed: 5);
        using var different = Make(name, seed: 6);

        Tolerance.Exactly(Forward(first, x), Forward(second, x));
        Assert.False(Forward(first, x).Equals(Forward(different, x)));
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void A_mixer_moves_to_another_element_type(string name)
    {
        using var narrow = Make(name);
        using var wide = Make(name, ScalarType.Float64);
        var x = Rows.Random(2, 65, float32);

        var y = Forward(wide, x.to(float64));

        Assert.All(wide.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.Equal(ScalarType.Float64, y.dtype);
        Tolerance.Same(y.to(float32), Forward(narrow, x));
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Nothing_is_left_behind(string name)
    {
        static void Use(SequenceMixer mixer)
        {
            using var scope = NewDisposeScope();
            var x = Rows.Random(2, 30, float32);
            mixer.Forward(x, SequenceContext.Dense).sum().backward();
            mixer.zero_grad();
            using var state = mixer.CreateState(2);
            Rows.Advance(mixer, x, [1, 20, 9], state);
            using var fork = state.Fork();
            using var gathered = state.Gather([1]);
        }

        using var mixer = Make(name);
        Use(mixer);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        Use(mixer);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [MemberData(nameof(Mixers))]
    public void A_state_outlives_the_scope_it_advanced_in(string name)
    {
        using var mixer = Make(name);
        var x = Rows.Random(1, 70, float32);
        using var state = mixer.CreateState(1);
        using (NewDisposeScope())
            Rows.Advance(mixer, x.narrow(1, 0, 65), [64, 1], state);

        var y = Rows.Advance(mixer, x.narrow(1, 65, 5), [5], state);

        Tolerance.Same(Forward(mixer, x).narrow(1, 65, 5), y);
    }

    private static SequenceMixer Make(string name, ScalarType dtype = ScalarType.Float32, long seed = 1)
    {
        manual_seed(seed);
        var mixer = Installed.Create<SequenceMixer>(name, Rows.Width);
        mixer.eval();
        return dtype == ScalarType.Float32 ? mixer : mixer.to(dtype);
    }

    private static Tensor Forward(SequenceMixer mixer, Tensor x, SequenceContext? context = null)
    {
        using var gradients = no_grad();
        return mixer.Forward(x, context ?? SequenceContext.Dense);
    }

    /// <summary>T as pieces: each token alone; all at once; awkward pieces; random pieces.</summary>
    private static IEnumerable<long[]> Splits(long T)
    {
        yield return [.. Enumerable.Repeat(1L, (int)T)];
        yield return [T];
        if (T > 37)
            yield return [37, 1, T - 38];
        var random = new Random((int)T);
        var pieces = new List<long>();
        for (var left = T; left > 0; left -= pieces[^1])
            pieces.Add(Math.Min(left, random.Next(1, 20)));
        yield return [.. pieces];
    }
}
