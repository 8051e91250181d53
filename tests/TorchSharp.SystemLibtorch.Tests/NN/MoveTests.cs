using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

public sealed class MoveTests
{
    [Fact]
    public void A_type_move_reaches_parameters_gradients_and_real_buffers_and_leaves_integers()
    {
        using var module = new Sample();
        module.call(rand(3, 2)).sum().backward();
        var grad = Numbers.Of(module.Shift.grad!);
        Assert.Same(module, module.to(ScalarType.Float64));
        Assert.All(module.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.Equal(ScalarType.Float64, module.Mean.dtype);
        Assert.Equal(ScalarType.Int64, module.Table.dtype);
        Assert.Equal(ScalarType.Float64, module.Shift.grad!.dtype);
        Numbers.Near(grad, module.Shift.grad!, 0);
        Assert.Equal(ScalarType.Float64, module.call(rand(3, 2, dtype: ScalarType.Float64)).dtype);
    }

    [Fact]
    public void A_move_to_where_the_module_is_keeps_its_objects()
    {
        using var module = Linear(2, 2);
        var weight = module.weight;
        module.to(CPU).to(ScalarType.Float32);
        Assert.Same(weight, module.weight);
    }

    [Fact]
    public void A_moved_parameter_is_a_leaf_that_can_be_trained()
    {
        using var module = Linear(2, 1).to(ScalarType.Float64);
        Assert.True(module.weight!.requires_grad);
        Assert.True(module.weight!.is_leaf);
        module.call(ones(1, 2, dtype: ScalarType.Float64)).sum().backward();
        Numbers.Near([1, 1], module.weight!.grad!, 0);
    }

    [Fact]
    public void A_module_cannot_become_integers()
    {
        using var module = Linear(1, 1);
        Assert.ThrowsAny<Exception>(() => module.to(ScalarType.Int32));
    }

#if TORCH_SYSTEM
    [Fact]
    public void Parameters_stay_the_same_objects_so_that_ties_and_optimizers_survive_a_move()
    {
        using var module = new Tied();
        var weight = module.Table.weight!;
        using var optimizer = optim.SGD(module.parameters(), 0.5);
        module.to(ScalarType.Float64);
        Assert.Same(weight, module.Table.weight!);
        Assert.Same(weight, module.Head.weight);
        var before = Numbers.Of(weight);
        weight.sum().backward();
        optimizer.step();
        Numbers.Near([.. before.Select(value => value - 0.5)], module.Head.weight, Numbers.DoubleTolerance);
    }

    [Fact]
    public void A_buffer_outside_the_state_dictionary_moves_too()
    {
        using var module = new Tied();
        module.to(ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, module.get_buffer("cache")!.dtype);
    }

    [Fact]
    public void A_complex_parameter_keeps_its_imaginary_part()
    {
        using var list = ParameterList(new Parameter(ones(2, dtype: ScalarType.ComplexFloat32)));
        list.to(ScalarType.Float64);
        Assert.Equal(ScalarType.ComplexFloat64, list[0].dtype);
        list.to(ScalarType.BFloat16);
        Assert.Equal(ScalarType.ComplexFloat64, list[0].dtype);
    }
#endif
}
