using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

public sealed class LifetimeTests
{
    [Fact]
    public void A_layer_made_in_a_scope_outlives_it_until_it_is_disposed()
    {
        Linear layer;
        using (NewDisposeScope())
            layer = Linear(2, 2);
        var weight = layer.weight!;
        Assert.False(weight.IsInvalid);
        layer.Dispose();
        Assert.True(weight.IsInvalid);
    }

    [Fact]
    public void A_parameter_takes_its_data_over()
    {
        var data = ones(2);
        using var parameter = new Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad);
        Numbers.Near([1, 1], parameter, 0);
    }

    [Fact]
    public void A_parameter_takes_the_place_of_its_data_in_a_scope()
    {
        Parameter parameter;
        using (NewDisposeScope())
            parameter = new Parameter(ones(2));
        Assert.True(parameter.IsInvalid);
    }

    [Fact]
    public void Hooks_see_calls_and_not_forward_until_they_are_removed()
    {
        using var scope = NewDisposeScope();
        using var layer = ReLU();
        var before = layer.register_forward_pre_hook((_, x) => x + 1);
        var after = layer.register_forward_hook((_, _, y) => y * 10);
        Assert.Equal(20f, layer.call(ones(1)).item<float>());
        Assert.Equal(1f, layer.forward(ones(1)).item<float>());
        before.remove();
        Assert.Equal(10f, layer.call(ones(1)).item<float>());
        after.remove();
        Assert.Equal(1f, layer.call(ones(1)).item<float>());
    }

#if TORCH_SYSTEM
    [Fact]
    public void A_custom_module_made_in_a_scope_keeps_its_own_parameters_and_buffers()
    {
        Sample module;
        using (NewDisposeScope())
            module = new Sample();
        Assert.False(module.Shift.IsInvalid);
        Assert.False(module.Scale.IsInvalid);
        Assert.False(module.Mean.IsInvalid);
        module.Dispose();
        Assert.True(module.Scale.IsInvalid);
        Assert.True(module.Mean.IsInvalid);
    }

    [Fact]
    public void A_parameter_of_computed_data_is_a_leaf()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2, requires_grad: true) * 3);
        Assert.True(parameter.is_leaf);
        parameter.sum().backward();
        Numbers.Near([1, 1], parameter.grad!, 0);
    }
#endif
}
