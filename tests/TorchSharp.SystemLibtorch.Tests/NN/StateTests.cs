using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

public sealed class StateTests
{
    [Fact]
    public void A_loaded_module_computes_what_the_saved_one_computed()
    {
        using var scope = NewDisposeScope();
        using var source = new Sample();
        using var target = new Sample();
        target.load_state_dict(source.state_dict());
        var x = rand(4, 2);
        Numbers.Near(Numbers.Of(source.call(x)), target.call(x), 0);
    }

    [Fact]
    public void Strict_loading_refuses_other_keys_and_lenient_loading_names_them()
    {
        using var module = new Sample();
        var state = module.state_dict();
        Assert.True(state.Remove("_shift"));
        state["extra"] = zeros(1);
        Assert.Throws<InvalidOperationException>(() => module.load_state_dict(state));
        var (missing, unexpected) = module.load_state_dict(state, strict: false);
        Assert.Equal(["_shift"], missing);
        Assert.Equal(["extra"], unexpected);
    }

    [Fact]
    public void Loading_converts_the_element_type()
    {
        using var source = Linear(2, 2).to(ScalarType.Float64);
        using var target = Linear(2, 2);
        target.load_state_dict(source.state_dict());
        Assert.Equal(ScalarType.Float32, target.weight!.dtype);
        Numbers.Near(Numbers.Of(source.weight!), target.weight!, 1e-7);
    }

    [Fact]
    public void A_wrong_shape_is_refused()
    {
        using var module = Linear(2, 2);
        var state = Linear(2, 3).state_dict();
        Assert.ThrowsAny<Exception>(() => module.load_state_dict(state));
    }

    [Fact]
    public void A_prefix_stands_in_front_of_every_key()
    {
        using var module = Linear(1, 1);
        Assert.Equal(["part.weight", "part.bias"], module.state_dict(prefix: "part").Keys);
    }

#if TORCH_SYSTEM
    [Fact]
    public void A_shape_that_would_broadcast_is_refused_and_nothing_has_changed()
    {
        using var module = Linear(2, 2);
        var before = Numbers.Of(module.weight);
        var state = new Dictionary<string, Tensor> { ["weight"] = zeros(2, 2), ["bias"] = zeros(1) };
        var error = Assert.Throws<InvalidOperationException>(() => module.load_state_dict(state));
        Assert.Contains("'bias' has shape [1]", error.Message, StringComparison.Ordinal);
        Numbers.Near(before, module.weight, 0);
    }

    [Fact]
    public void A_shared_parameter_may_stand_under_one_of_its_keys()
    {
        using var source = new Tied();
        using var target = new Tied();
        var state = source.state_dict();
        Assert.True(state.Remove("_head.weight"));
        target.load_state_dict(state);
        Numbers.Near(Numbers.Of(source.Table.weight!), target.Head.weight, 0);
    }
#endif
}
