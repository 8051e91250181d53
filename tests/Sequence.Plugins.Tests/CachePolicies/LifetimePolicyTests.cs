using Sequence.CachePolicies;
using Sequence.Caching;
using Sequence.Components;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests.CachePolicies;

/// <summary>Policies that go token by token, against their rule written out: after each token a list of what is held, one list a head.</summary>
public sealed class LifetimePolicyTests : IDisposable
{
    private const int H = 2;
    private static readonly double[] Weights = [1, 3];
    private static readonly CacheBudget Third = new() { Ratio = 1 / 3.0 }, Bytes = new() { Bytes = 550 }, Uneven = new() { Tokens = 6, Heads = Weights }, UnevenRatio = new() { Ratio = 0.3, Heads = Weights };

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var name in Rules.Keys)
            {
                foreach (var T in (int[])[1, 2, 13, 64])
                    cases.Add(name, T);
            }

            return cases;
        }
    }

    /// <summary>A policy and its rule: which of the candidates (held, and the new token) stay, given the room that there is after token i.</summary>
    private static Dictionary<string, (CachePolicy Policy, Rule Rule)> Rules { get; } = new()
    {
        ["full"] = (new Full(), (all, _) => all),
        ["window of 5"] = (new SlidingWindow(new() { Budget = CacheBudget.Of(5) }), Last(CacheBudget.Of(5))),
        ["window of 1"] = (new SlidingWindow(new() { Budget = CacheBudget.Of(1) }), Last(CacheBudget.Of(1))),
        ["window of 0"] = (new SlidingWindow(new() { Budget = CacheBudget.Of(0) }), Last(CacheBudget.Of(0))),
        ["window of all"] = (new SlidingWindow(new() { Budget = CacheBudget.Of(1_000_000_000_000) }), (all, _) => all),
        ["window of a third"] = (new SlidingWindow(new() { Budget = Third }), Last(Third)),
        ["window of bytes"] = (new SlidingWindow(new() { Budget = Bytes }), Last(Bytes)),
        ["uneven windows"] = (new SlidingWindow(new() { Budget = Uneven }), Last(Uneven)),
        ["uneven windows of a part"] = (new SlidingWindow(new() { Budget = UnevenRatio }), Last(UnevenRatio)),
        ["sinks"] = (new AttentionSink(new() { Budget = CacheBudget.Of(7), Sinks = 3 }), Sinks(CacheBudget.Of(7), 3)),
        ["more sinks than room"] = (new AttentionSink(new() { Budget = CacheBudget.Of(2), Sinks = 3 }), Sinks(CacheBudget.Of(2), 3)),
        ["sinks alone"] = (new AttentionSink(new() { Budget = CacheBudget.Of(3), Sinks = 3 }), Sinks(CacheBudget.Of(3), 3)),
        ["sinks in a third"] = (new AttentionSink(new() { Budget = Third, Sinks = 2 }), Sinks(Third, 2)),
        ["uneven sinks"] = (new AttentionSink(new() { Budget = Uneven, Sinks = 2 }), Sinks(Uneven, 2)),
        ["key norm"] = (new KeyNorm(new() { Budget = CacheBudget.Of(4) }), Best(CacheBudget.Of(4), one => -one.Norm)),
        ["key norm of a third"] = (new KeyNorm(new() { Budget = Third }), Best(Third, one => -one.Norm)),
        ["key norm, uneven"] = (new KeyNorm(new() { Budget = UnevenRatio }), Best(UnevenRatio, one => -one.Norm)),
        ["random"] = (new RandomEntries(new() { Budget = CacheBudget.Of(4) }, layer: 0), Best(CacheBudget.Of(4), one => one.Column)),
        ["gate, K = 4"] = (new GateTopK(new() { Budget = CacheBudget.Of(4) }), Best(CacheBudget.Of(4), one => one.Column)),
        ["gate, K = 1"] = (new GateTopK(new() { Budget = CacheBudget.Of(1) }), Best(CacheBudget.Of(1), one => one.Column)),
        ["gate, K = 0"] = (new GateTopK(new() { Budget = CacheBudget.Of(0) }), (_, _) => []),
        ["gate, every one"] = (new GateTopK(new() { Budget = null }), (all, _) => all),
        ["gate, a third"] = (new GateTopK(new() { Budget = Third }), Best(Third, one => one.Column)),
        ["threshold"] = (new GateThreshold(new() { Threshold = 0.5 }), (all, _) => [.. all.Where(one => one.Column > 0.5)]),
        ["threshold and cap"] = (new GateThreshold(new() { Threshold = 0.25, Budget = CacheBudget.Of(3) }),
            (all, after) => Best(CacheBudget.Of(3), one => one.Column)([.. all.Where(one => one.Column > 0.25)], after)),
        ["window in bfloat16"] = (Made(new QuantizedFactory(), new QuantizedOptions { Storage = Rounding.Bf16, Policy = Of(new SlidingWindow(new() { Budget = CacheBudget.Of(5) })) }),
            Last(CacheBudget.Of(5))),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Lifetimes_are_the_rule_token_by_token(string name, int T)
    {
        var (policy, rule) = Rules[name];
        var tokens = Drawn(T);

        var lifetimes = ((ILifetimePolicy)policy).Lifetimes(View(tokens, tokens, T)).expand(1, H, T);

        for (var head = 0; head < H; head++)
        {
            var held = new List<Token>();
            for (var i = 0; i < T; i++)
            {
                held = rule([.. held, tokens[head][i]], new(i, head));
                var expected = Enumerable.Range(0, i + 1).Select(j => held.Any(one => one.Position == j));
                Assert.Equal(expected, Enumerable.Range(0, i + 1).Select(j => i <= lifetimes[0, head, j].item<long>()));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_retained_after_calls_of_any_length_is_the_rule(string name, int T)
    {
        // a view of entries that are alike for all heads: heads differ in weights alone here, and are looked at one by one
        var (policy, rule) = Rules[name];
        var tokens = Drawn(T);
        var random = new Random(T);
        for (var head = 0; head < H; head++)
        {
            var (expected, actual) = (new List<Token>(), new List<Token>());
            for (var (at, take) = (0, 0); at < T; at += take)
            {
                take = Math.Min(T - at, random.Next(1, 6));
                for (var i = at; i < at + take; i++)
                    expected = rule([.. expected, tokens[head][i]], new(i, head));
                actual.AddRange(tokens[head][at..(at + take)]);
                var view = View([.. tokens.Select(own => actual.Select(one => own[one.Position]).ToArray())], tokens, at + take, isPrefill: take > 1);

                var kept = policy.Retain(view).expand(1, H, actual.Count);
                var bound = policy.Bound(view)?.expand(1, H, 1);

                actual = [.. actual.Where((_, j) => kept[0, head, j].item<bool>())];
                Assert.Equal(expected.Select(one => one.Position).Order(), actual.Select(one => one.Position));
                Assert.True(bound is null || actual.Count <= bound[0, head, 0].item<long>());
            }
        }
    }

    [Fact]
    public void A_union_holds_what_any_of_its_policies_does()
    {
        const int T = 40;
        var tokens = Drawn(T);
        CachePolicy[] parts = [new SlidingWindow(new() { Budget = CacheBudget.Of(5) }), new GateTopK(new() { Budget = CacheBudget.Of(4) }), new KeyNorm(new() { Budget = CacheBudget.Of(2) })];
        var union = Made(new UnionFactory(), new UnionOptions { Policies = [.. parts.Select(Of)] });

        var lifetimes = Assert.IsAssignableFrom<ILifetimePolicy>(union).Lifetimes(View(tokens, tokens, T)).expand(1, H, T);

        Assert.True(union.PerHead);
        Assert.Equal(11, union.Bound(View(tokens, tokens, T))!.item<long>());
        for (var head = 0; head < H; head++)
        {
            for (var j = 0; j < T; j++)
                Assert.Equal(parts.Max(part => ((ILifetimePolicy)part).Lifetimes(View(tokens, tokens, T)).expand(1, H, T)[0, head, j].item<long>()), lifetimes[0, head, j].item<long>());
        }
    }

    [Fact]
    public void A_union_has_a_budget_where_all_of_its_policies_count_tokens()
    {
        Assert.Equal(9, Budget(CacheBudget.Of(5), CacheBudget.Of(4))?.Tokens);
        Assert.Null(Budget(CacheBudget.Of(5), Third));
        Assert.Null(Budget(CacheBudget.Of(5), Uneven));

        CacheBudget? Budget(params CacheBudget[] budgets) =>
            Made(new UnionFactory(), new UnionOptions { Policies = [.. budgets.Select(budget => Of(new SlidingWindow(new() { Budget = budget })))] }).Budget;
    }

    private static Rule Last(CacheBudget budget) => (all, after) => [.. all.TakeLast(after.Room(budget))];

    private static Rule Sinks(CacheBudget budget, int sinks) => (all, after) =>
    {
        var room = after.Room(budget);
        var first = all.Where(one => one.Position < sinks).Take(room).ToList();
        return [.. first, .. all.Except(first).TakeLast(room - first.Count)];
    };

    private static Rule Best(CacheBudget budget, Func<Token, double> score) => (all, after) =>
        [.. all.OrderByDescending(score).ThenBy(one => one.Position).Take(after.Room(budget)).OrderBy(one => one.Position)];

    /// <summary>T tokens for each head, with scores that are often equal; their column is one for all heads.</summary>
    private static Token[][] Drawn(int T)
    {
        var random = new Random(T);
        var columns = Enumerable.Range(0, T).Select(_ => random.Next(8) / 8.0).ToArray();
        return [.. Enumerable.Range(0, H).Select(_ => columns.Select((column, j) => new Token(j, column, random.Next(5))).ToArray())];
    }

    private static TinyView View(Token[][] entries, Token[][] all, long seen, bool isPrefill = true)
    {
        var n = entries[0].Length;
        Assert.Equal(H, all.Length);
        var keys = tensor(entries.SelectMany(own => own.Select(one => (float)one.Norm)).ToArray()).view(1, H, n, 1);
        var column = tensor(entries[0].Select(one => (float)one.Column).ToArray()).view(1, 1, n);
        return new(seen, [.. entries[0].Select(one => (long)one.Position)], keys, column, isPrefill);
    }

    private static CachePolicy Made<TOptions>(IComponentFactory<CachePolicy, TOptions> factory, TOptions options)
        where TOptions : class
        => factory.Create(options, ComponentContext.None);

    private static Component<CachePolicy> Of(CachePolicy policy) => new("part", new object(), _ => policy);

    private delegate List<Token> Rule(List<Token> all, After after);

    private sealed record Token(int Position, double Column, double Norm);

    private sealed record After(int Token, int Head)
    {
        public int Room(CacheBudget budget)
        {
            var each = budget.Tokens ?? budget.Bytes / TinyView.EntryBytes ?? (long)Math.Ceiling(budget.Ratio!.Value * (Token + 1) - 1e-9);
            return budget.Heads is null ? (int)each : (int)Math.Floor(each * H * budget.Heads[Head] / budget.Heads.Sum() + 1e-9);
        }
    }
}
