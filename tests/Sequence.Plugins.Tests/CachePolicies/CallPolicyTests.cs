using Sequence.CachePolicies;
using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Mixers;
using Sequence.Transformer;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests.CachePolicies;

/// <summary>Policies that decide once a call, against their rule written out.</summary>
public sealed class CallPolicyTests : IDisposable
{
    private const int H = 2;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(20, 8, 0.5)]
    [InlineData(20, 7, 0.5)]
    [InlineData(20, 8, 0)]
    [InlineData(20, 8, 1)]
    [InlineData(5, 8, 0.5)]
    [InlineData(1, 0, 0.5)]
    public void Heavy_hitters_are_the_last_and_of_the_others_the_heaviest(int n, int R, double recent)
    {
        var (view, mass) = Drawn(n);
        var policy = new HeavyHitter(new() { Budget = CacheBudget.Of(R), Recent = recent });

        Equal(policy.Retain(view), n, head =>
        {
            var last = Enumerable.Range(0, n).TakeLast((int)(recent * R)).ToArray();
            return [.. last, .. Heaviest(Enumerable.Range(0, n).Except(last), mass[head], R - last.Length)];
        });
        Assert.Equal(new EntrySignal.Attention(null, Accumulates: true), Assert.Single(policy.Signals));
    }

    [Theory]
    [InlineData(20, 8, false)]
    [InlineData(20, 8, true)]
    [InlineData(20, 0, false)]
    [InlineData(3, 8, false)]
    public void Tova_keeps_what_the_last_query_looks_at(int n, int R, bool perHead)
    {
        var (view, mass) = Drawn(n);
        var policy = new Tova(new() { Budget = CacheBudget.Of(R), PerHead = perHead });

        Equal(policy.Retain(view), n, head => Heaviest(Enumerable.Range(0, n), perHead ? mass[head] : [.. Enumerable.Range(0, n).Select(j => mass.Sum(each => each[j]))], R));
        Assert.Equal(perHead, policy.PerHead);
    }

    [Theory]
    [InlineData(30, 12, 4, 5, Pooling.Max)]
    [InlineData(30, 12, 4, 5, Pooling.Average)]
    [InlineData(30, 12, 4, 1, Pooling.Average)]
    [InlineData(30, 3, 8, 7, Pooling.Max)]
    [InlineData(6, 12, 4, 7, Pooling.Max)]
    public void Snapkv_pools_what_the_window_observed(int n, int R, int w, int c, Pooling pooling)
    {
        var (view, mass) = Drawn(n);
        var policy = new SnapKv(new() { Budget = CacheBudget.Of(R), Window = w, Kernel = c, Pooling = pooling });

        Equal(policy.Retain(view), n, head =>
        {
            double[] pooled = [.. Enumerable.Range(0, n).Select(j =>
            {
                var around = Enumerable.Range(j - c / 2, c).Select(each => each < 0 || each >= n ? 0 : mass[head][each]);
                return pooling == Pooling.Max ? around.Max() : around.Sum() / c;
            })];
            var last = Enumerable.Range(0, n).TakeLast(Math.Min(w, R)).ToArray();
            return [.. last, .. Heaviest(Enumerable.Range(0, n).Except(last), pooled, R - last.Length)];
        });
        Assert.Equal(R, policy.Bound(view)!.item<long>());
    }

    [Fact]
    public void Snapkv_keeps_all_that_is_generated()
    {
        var (view, _) = Drawn(30, isPrefill: false);
        var policy = new SnapKv(new() { Budget = CacheBudget.Of(4) });

        Assert.True(policy.Retain(view).all().item<bool>());
        Assert.Null(policy.Bound(view));
    }

    [Fact]
    public void Places_without_an_entry_are_never_kept()
    {
        var (view, _) = Drawn(10, holes: [2, 3, 9]);
        CachePolicy[] policies =
        [
            new HeavyHitter(new() { Budget = CacheBudget.Of(9) }), new Tova(new() { Budget = CacheBudget.Of(9) }), new SnapKv(new() { Budget = CacheBudget.Of(9) }),
            new Full(), new SlidingWindow(new()), new AttentionSink(new()), new KeyNorm(new()), new RandomEntries(new(), 0), new GateTopK(new()), new GateThreshold(new() { Threshold = -1 }),
        ];

        Assert.All(policies, policy => Assert.Equal(view.Held.expand(1, H, 10).ToString(TensorStringStyle.Numpy), policy.Retain(view).expand(1, H, 10).ToString(TensorStringStyle.Numpy)));
    }

    [Theory]
    [InlineData(true, 6)]
    [InlineData(false, 2)]
    public void Prompts_and_single_tokens_have_a_policy_each(bool isPrefill, int held)
    {
        var (view, _) = Drawn(10, isPrefill);
        var policy = new PrefillDecodeFactory().Create(
            new() { Prefill = Of(new Tova(new() { Budget = CacheBudget.Of(6) })), Decode = Of(new SlidingWindow(new() { Budget = CacheBudget.Of(2) })) }, ComponentContext.None);

        Assert.Equal(held, policy.Retain(view).sum().item<long>());
        Assert.Equal(held, policy.Bound(view)!.item<long>());
        Assert.IsNotAssignableFrom<ILifetimePolicy>(policy);
    }

    [Theory]
    [InlineData(0, 6, "a")]
    [InlineData(1, 6, "a")]
    [InlineData(2, 6, "b")]
    [InlineData(5, 6, "c")]
    [InlineData(1, 3, "b")]
    public void Layers_have_the_policy_of_their_stretch(int layer, int depth, string expected)
    {
        var named = new[] { "a", "b", "c" }.ToDictionary(name => name, CachePolicy (_) => new Full());
        var options = new PerLayerOptions { Policies = [.. named.Select(each => Of(each.Value))] };

        Assert.Same(named[expected], new PerLayerFactory().Create(options, new(8, layer, depth)));
    }

    [Fact]
    public void First_layers_have_their_own_policy()
    {
        var (first, then) = (new Full(), new Full());
        var options = new FirstKLayersOptions { Layers = 2, First = Of(first), Then = Of(then) };

        Assert.Equal([first, first, then, then], Enumerable.Range(0, 4).Select(layer => new FirstKLayersFactory().Create(options, new(8, layer, 4))));
    }

    [Fact]
    public void Policies_that_cannot_share_a_cache_are_refused()
    {
        var cache = new AttentionSink(new() { Positions = EntryPositions.Cache });
        var quantized = new Quantized(new Full(), Rounding.Int8);
        CachePolicy Union(params CachePolicy[] policies) => new UnionFactory().Create(new() { Policies = [.. policies.Select(Of)] }, ComponentContext.None);

        Assert.Contains("positions", Assert.Throws<ArgumentException>(() => Union(cache, new Full())).Message, StringComparison.Ordinal);
        Assert.Contains("quantized", Assert.Throws<ArgumentException>(() => Union(quantized, new Full())).Message, StringComparison.Ordinal);
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => new QuantizedFactory().Create(new() { Policy = Of(quantized) }, ComponentContext.None)).Message, StringComparison.Ordinal);
        Assert.Contains("2 policies for 1 layer", Assert.Throws<ArgumentException>(() => new PerLayerFactory().Create(new() { Policies = [Of(cache), Of(cache)] }, new(8, 0, 1))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Rounding.Int8, EntryStorage.Int8)]
    [InlineData(Rounding.Bf16, EntryStorage.BFloat16)]
    public void Quantized_entries_are_those_of_the_policy_inside(Rounding rounding, EntryStorage storage)
    {
        var (view, _) = Drawn(20);
        var inside = new HeavyHitter(new() { Budget = CacheBudget.Of(5) });
        var quantized = new QuantizedFactory().Create(new() { Storage = rounding, Policy = Of(inside) }, ComponentContext.None);

        Assert.Equal(storage, quantized.Storage);
        Assert.False(quantized.IsLossless);
        Assert.True(quantized.PerHead);
        Assert.Equal(inside.Signals, quantized.Signals);
        Assert.True(quantized.Retain(view).equal(inside.Retain(view)).all().item<bool>());
    }

    [Fact]
    public void Budgets_inside_that_do_not_fit_are_refused_when_a_state_is_made()
    {
        var misfit = new CacheBudget { Tokens = 9, Heads = [1, 2, 1] };
        var (snapkv, window) = (new SnapKv(new() { Budget = misfit }), new SlidingWindow(new() { Budget = misfit }));
        var fits = new Tova(new() { PerHead = true });
        using var mixer = FourHeads();
        CachePolicy[] policies =
        [
            snapkv, new PrefillDecode(snapkv, fits), new PrefillDecode(fits, window), new Union([fits, snapkv]), new Union([fits, window]), new Quantized(snapkv, Rounding.Int8),
            new UnionFactory().Create(new() { Policies = [Of(new Full()), Of(window)] }, ComponentContext.None),
            new QuantizedFactory().Create(new() { Policy = Of(window) }, ComponentContext.None),
        ];

        Assert.All(policies, policy =>
            Assert.Contains("3 weights of heads, and the layer has 4", Assert.Throws<ArgumentException>(() => mixer.CreateState(1, policy)).Message, StringComparison.Ordinal));
        mixer.CreateState(1, new PrefillDecode(new SnapKv(new() { Budget = misfit with { Heads = [1, 2, 1, 1] } }), fits)).Dispose();
    }

    [Fact]
    public void A_budget_is_promised_where_prompts_and_single_tokens_have_the_same()
    {
        CacheBudget Weighted() => new() { Tokens = 9, Heads = [1, 3], Layers = [2, 1] };

        Assert.Equal(Weighted(), Phases(Weighted(), Weighted()));
        Assert.Equal(Weighted().GetHashCode(), Phases(Weighted(), Weighted())!.GetHashCode());
        Assert.Null(Phases(Weighted(), Weighted() with { Heads = [3, 1] }));
        Assert.Null(Phases(CacheBudget.Of(9), CacheBudget.Of(8)));
        Assert.Null(new PrefillDecode(new Full(), new SlidingWindow(new())).Budget);

        static CacheBudget? Phases(CacheBudget prefill, CacheBudget decode) =>
            new PrefillDecode(new SlidingWindow(new() { Budget = prefill }), new SlidingWindow(new() { Budget = decode })).Budget;
    }

    [Fact]
    public void The_cost_of_a_prompt_that_is_kept_whole_is_that_of_the_whole()
    {
        using var mixer = FourHeads();
        mixer.Policy = new PrefillDecode(new Full(), new SlidingWindow(new() { Budget = CacheBudget.Of(8) }));
        using var state = mixer.CreateState(1);

        mixer.Advance(randn(1, 100, 16), SequenceContext.Dense, state);

        Assert.Equal(state.Bytes, mixer.Cost.BytesAfter(100));
        Assert.True(mixer.Cost.IsBound);
    }

    [Fact]
    public void A_union_with_a_ratio_decides_once_a_call()
    {
        var (part, window) = (new KeyNorm(new() { Budget = new() { Ratio = 0.2 } }), new SlidingWindow(new() { Budget = CacheBudget.Of(20) }));
        CachePolicy Made(params CachePolicy[] policies) => new UnionFactory().Create(new() { Policies = [.. policies.Select(Of)] }, ComponentContext.None);
        using var mixer = FourHeads();

        mixer.Policy = Made(part, window);

        Assert.Contains("once a call", mixer.TrainingRefusal, StringComparison.Ordinal);
        Assert.IsNotAssignableFrom<ILifetimePolicy>(Made(new QuantizedFactory().Create(new() { Policy = Of(part) }, ComponentContext.None), new Quantized(window, Rounding.Int8)));
        Assert.IsNotAssignableFrom<ILifetimePolicy>(Made(window, Made(part, window)));
        Assert.IsAssignableFrom<ILifetimePolicy>(Made(window, new KeyNorm(new() { Budget = CacheBudget.Of(5) })));
    }

    private static EntryMixer FourHeads() => new(new Attention(new() { Heads = 4 }, 16));

    private static void Equal(Tensor kept, int n, Func<int, IEnumerable<int>> expected)
    {
        kept = kept.expand(1, H, n);
        for (var head = 0; head < H; head++)
            Assert.Equal(expected(head).Order(), Enumerable.Range(0, n).Where(j => kept[0, head, j].item<bool>()));
    }

    private static IEnumerable<int> Heaviest(IEnumerable<int> among, double[] mass, int most) => among.OrderByDescending(j => mass[j]).ThenBy(j => j).Take(Math.Max(0, most));

    /// <summary>n entries, and masses that are often equal.</summary>
    private static (TinyView View, double[][] Mass) Drawn(int n, bool isPrefill = true, int[]? holes = null)
    {
        var random = new Random(n);
        double[][] mass = [.. Enumerable.Range(0, H).Select(_ => Enumerable.Range(0, n).Select(_ => random.Next(10) / 4.0).ToArray())];
        long[] positions = [.. Enumerable.Range(0, n).Select(j => holes?.Contains(j) == true ? -1L : j)];
        var column = tensor(mass.SelectMany(each => each).Select(each => (float)each).ToArray()).view(1, H, n);
        return (new(n, positions, ones(1, H, n, 1), column, isPrefill), mass);
    }

    private static Component<CachePolicy> Of(CachePolicy policy) => new("part", new object(), _ => policy);
}
