using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

public sealed class UtilityTests
{
    private static Parameter WithGradient(params double[] gradient) => new(zeros(gradient.Length)) { grad = tensor(gradient, dtype: ScalarType.Float32) };

    [Theory]
    [InlineData(1.0, 13.0)]
    [InlineData(2.0, 7.810249675906654)]
    [InlineData(double.PositiveInfinity, 6.0)]
    public void Clipping_returns_the_norm_and_scales_all_gradients_alike(double p, double norm)
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = [WithGradient(3, -4), new(zeros(2)), WithGradient(0, 6)];
        Assert.Equal(norm, nn.utils.clip_grad_norm_(parameters, 2, p), 5);
        Numbers.Near([3 * 2 / norm, -4 * 2 / norm], parameters[0].grad!, Numbers.SingleTolerance);
        Numbers.Near([0, 6 * 2 / norm], parameters[2].grad!, Numbers.SingleTolerance);
        Assert.Null(parameters[1].grad);
    }

    [Fact]
    public void Small_gradients_are_left_alone()
    {
        using var scope = NewDisposeScope();
        var parameter = WithGradient(0.3, 0.4);
        Assert.Equal(0.5, nn.utils.clip_grad_norm_([parameter], 1), 6);
        Numbers.Near([0.3, 0.4], parameter.grad!, 1e-7);
        Assert.Equal(0, nn.utils.clip_grad_norm_([new Parameter(zeros(1))], 1));
    }

    [Fact]
    public void Clipping_by_value_clamps_every_element()
    {
        using var scope = NewDisposeScope();
        var parameter = WithGradient(-3, 0.5, 2);
        nn.utils.clip_grad_value_([parameter], 1);
        Numbers.Near([-1, 0.5, 1], parameter.grad!, 0);
    }

    [Fact]
    public void Parameters_survive_the_way_through_a_vector()
    {
        using var scope = NewDisposeScope();
        using var module = Linear(3, 2);
        var vector = nn.utils.parameters_to_vector(module.parameters()).detach();
        Assert.Equal([8], vector.shape);
        nn.utils.vector_to_parameters(vector * 2, module.parameters());
        Numbers.Near([.. Numbers.Of(vector).Select(value => 2 * value)], nn.utils.parameters_to_vector(module.parameters()), 0);
    }

    [Fact]
    public void Sequences_are_padded_at_their_ends()
    {
        using var scope = NewDisposeScope();
        Tensor[] rows = [tensor(new float[] { 1, 2, 3 }), tensor(new float[] { 4 })];
        Numbers.Near([1, 2, 3, 4, 9, 9], nn.utils.rnn.pad_sequence(rows, batch_first: true, padding_value: 9), 0);
        Numbers.Near([1, 4, 2, 0, 3, 0], nn.utils.rnn.pad_sequence(rows), 0);
    }
}
