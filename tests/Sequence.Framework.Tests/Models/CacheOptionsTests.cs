using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Tests.Caching;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>Which policy the cache of each layer is under, by the model's options and by a session's plan.</summary>
public sealed class CacheOptionsTests : IDisposable
{
    private const int Vocabulary = 11;
    private const long Entry = TinyLayer.Hkv * (TinyLayer.K + TinyLayer.V) * sizeof(float) + sizeof(long), Fixed = sizeof(long);

    private readonly DisposeScope _scope = NewDisposeScope();

    private static Component<SequenceMixer> Keeper { get; } = new("keeper", new object(), _ => new EntryMixer(new TinyLayer()));

    private static Component<CachePolicy> PerCall { get; } = new("attention", new object(), _ => new TinyAttention(3, null, true));

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_block_has_its_own_policy_or_the_models()
    {
        using var model = Model(Window(9), new() { Mixer = Keeper, Cache = Window(4) }, new() { Mixer = Keeper }, new() { Mixer = TinyComponents.Mixer });
        using var state = Advanced(model, model.CreateState(2), 30);

        Assert.Equal(2 * (Fixed + 4 * Entry), state.LayerBytes[0]);
        Assert.Equal(2 * (Fixed + 9 * Entry), state.LayerBytes[1]);
        Assert.Equal([0, 1], state.Caches.Select(each => each.Depth));
        Assert.Equal(state.Bytes, state.LayerBytes.Sum());
        Assert.Equal(2 * model.StateBytesAfter(30), state.Bytes);
    }

    [Fact]
    public void A_session_has_a_plan_of_its_own_with_a_policy_made_for_each_depth()
    {
        using var model = Model(null, new() { Mixer = Keeper, Tied = true, Repeat = 2 }, new() { Mixer = TinyComponents.Mixer }, new() { Mixer = Keeper });
        var plan = CachePlan.Of(model, new("by-depth", new object(), context =>
        {
            Assert.Equal(4, context.Depth);
            return new TinyWindow(2 + context.Layer);
        }));
        using var planned = Advanced(model, model.CreateState(1, plan), 30);
        using var full = Advanced(model, model.CreateState(1), 30);

        Assert.Null(plan.Policies[2]);
        Assert.Equal([2, 3, 5], planned.Caches.Select(each => each.Cache.Counts[0]));
        Assert.Equal([30, 30, 30], full.Caches.Select(each => each.Cache.Counts[0]));
        using var none = Advanced(model, model.CreateState(1, CachePlan.Full(model)), 30);
        Assert.Equal(full.Bytes, none.Bytes);
    }

    [Fact]
    public void A_block_that_keeps_no_entries_is_refused_by_name()
    {
        var refusal = Assert.Throws<ModelException>(() => Model(null, new() { Mixer = Keeper }, new() { Mixer = TinyComponents.Mixer, Cache = Window(4) }));
        Assert.Equal("model.blocks[1]: cache: \"leaky-sum\" keeps no entries of tokens, so there is nothing for a cache policy to decide. Leave it out.", refusal.Message);
    }

    [Fact]
    public void A_model_that_keeps_no_entries_is_refused()
    {
        const string Why = "no layer keeps entries of tokens (leaky-sum), so there is nothing for a cache policy to decide: leave \"cache\" out.";
        Assert.Equal($"model.cache: {Why}", Assert.Throws<ModelException>(() => Model(Window(4), new BlockOptions { Mixer = TinyComponents.Mixer })).Message);
        using var model = Model(null, new BlockOptions { Mixer = TinyComponents.Mixer });
        Assert.Equal($"model.cache: {Why}", Assert.Throws<ModelException>(() => CachePlan.Of(model, Window(4))).Message);
    }

    [Fact]
    public void What_decides_once_a_call_is_refused_before_training()
    {
        using var own = Model(null, new() { Mixer = Keeper }, new() { Mixer = Keeper, Cache = PerCall });
        using var shared = Model(PerCall, new BlockOptions { Mixer = Keeper });
        using var window = Model(Window(4), new BlockOptions { Mixer = Keeper });

        const string Why = "tiny-attention decides once a call: it can be used in a session, not in training. Train without it, and name it for a session.";
        Assert.Equal($"model.blocks[1].cache: {Why}", Assert.Throws<ModelException>(own.RequireTrainable).Message);
        Assert.Equal($"model.cache: {Why}", Assert.Throws<ModelException>(shared.RequireTrainable).Message);
        window.RequireTrainable();
    }

    [Fact]
    public void A_policy_that_does_not_fit_the_layer_is_refused_with_its_depth()
    {
        using var model = Model(null, new BlockOptions { Mixer = Keeper });
        var uneven = new Component<CachePolicy>("uneven", new object(), _ => new Uneven());
        Assert.Equal(
            "model.cache: \"uneven\" at depth 0: budget: 3 weights of heads, and the layer has 2 key-value heads.",
            Assert.Throws<ModelException>(() => CachePlan.Of(model, uneven)).Message);
    }

    private static Component<CachePolicy> Window(long W) => new("window", new object(), _ => new TinyWindow(W));

    private static SequenceModel Model(Component<CachePolicy>? cache, params BlockOptions[] blocks)
    {
        var model = new SequenceModel(
            new ModelOptions { DModel = TinyLayer.D, Norm = TinyComponents.Norm, Blocks = blocks, Cache = cache }, new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token));
        model.eval();
        return model;
    }

    private static ModelState Advanced(SequenceModel model, ModelState state, long T)
    {
        model.Advance(randint(0, Vocabulary, [state.Batch, T], int64), SequenceContext.Dense, state).Dispose();
        return state;
    }

    private sealed class Uneven : CachePolicy
    {
        public override CacheBudget Budget { get; } = new() { Tokens = 4, Heads = [1, 2, 3] };

        public override bool PerHead => true;

        public override Tensor Retain(CacheView view) => view.Held;
    }
}
