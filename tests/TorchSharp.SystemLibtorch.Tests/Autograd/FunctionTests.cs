using static TorchSharp.torch;

namespace TorchSharp.Tests.Autograd;

public sealed class FunctionTests
{
    private sealed class Scaled : autograd.SingleTensorFunction<Scaled>
    {
        public override string Name => nameof(Scaled);

        // y = x * factor * w
        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, factor, w) = ((Tensor)vars[0], (double)vars[1], (Tensor)vars[2]);
            Assert.False(is_grad_enabled());
            ctx.save_for_backward([x, w]);
            ctx.save_data("factor", factor);
            return Some.MulScalar.Call(Some.Mul.Call(x, w), factor);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var factor = (double)ctx.get_data("factor");
            return
            [
                Some.MulScalar.Call(Some.Mul.Call(grad_output, saved[1]), factor),
                null!,
                Some.MulScalar.Call(Some.Mul.Call(grad_output, saved[0]), factor),
            ];
        }
    }

    private sealed class Refusal(string message) : Exception(message);

    private sealed class Throws : autograd.SingleTensorFunction<Throws>
    {
        internal static readonly Refusal Thrown = new("not today");

        public override string Name => nameof(Throws);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => Some.Exp.Call((Tensor)vars[0]);

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => throw Thrown;
    }

    // its backward runs a graph of its own, which throws
    private sealed class Nested : autograd.SingleTensorFunction<Nested>
    {
        public override string Name => nameof(Nested);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => Some.Exp.Call((Tensor)vars[0]);

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var recording = enable_grad();
            var inner = Some.Normal(3).requires_grad_();
            Some.Sum.Call(Throws.apply(inner)).backward();
            return [grad_output];
        }
    }

    private sealed class Halves : autograd.MultiTensorFunction<Halves>
    {
        public override string Name => nameof(Halves);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.set_materialize_grads((bool)vars[1]);
            var x = (Tensor)vars[0];
            return [Some.MulScalar.Call(x, 0.5), Some.MulScalar.Call(x, 2.0)];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            Assert.Equal(ctx.MaterializeGrads, grad_outputs[1] is not null);
            return [Some.MulScalar.Call(grad_outputs[0], 0.5), null!];
        }
    }

    private sealed class Miscounts : autograd.SingleTensorFunction<Miscounts>
    {
        public override string Name => nameof(Miscounts);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => Some.Exp.Call((Tensor)vars[0]);

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [grad_output, grad_output];
    }

    private sealed class InPlace : autograd.SingleTensorFunction<InPlace>
    {
        public override string Name => nameof(InPlace);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            Some.AddInPlace.Run(x, 1L);
            ctx.mark_dirty([x]);
            return x;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [Some.MulScalar.Call(grad_output, 3.0)];
    }

    [Fact]
    public void Gradients_reach_each_tensor_argument()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (Some.Counting(3).requires_grad_(), Some.Counting(3).requires_grad_());
        Some.Sum.Call(Scaled.apply(x, 2.0, w)).backward();
        Assert.Equal([0f, 2, 4], Some.Floats(x.grad!));
        Assert.Equal([0f, 2, 4], Some.Floats(w.grad!));
    }

    [Fact]
    public void An_input_without_gradient_gets_none()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (Some.Counting(3).requires_grad_(), Some.Counting(3));
        Some.Sum.Call(Scaled.apply(x, 2.0, w)).backward();
        Assert.NotNull(x.grad);
        Assert.Null(w.grad);
    }

    [Fact]
    public void Without_recording_no_node_is_made()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (Some.Counting(3).requires_grad_(), Some.Counting(3));
        using (no_grad())
            Assert.False(Scaled.apply(x, 2.0, w).requires_grad);
        Assert.False(Scaled.apply(w, 2.0, w).requires_grad);
    }

    [Fact]
    public void An_exception_of_backward_comes_out_as_the_same_object()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        var loss = Some.Sum.Call(Throws.apply(x));
        Assert.Same(Throws.Thrown, Assert.Throws<Refusal>(loss.backward));
        Assert.Same(Throws.Thrown, Assert.Throws<Refusal>(() => autograd.grad([Some.Sum.Call(Throws.apply(x))], [x])));
    }

    [Fact]
    public void An_exception_of_a_graph_inside_a_backward_comes_out_as_the_same_object()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        Assert.Same(Throws.Thrown, Assert.Throws<Refusal>(Some.Sum.Call(Nested.apply(x)).backward));
    }

    [Fact]
    public void After_an_exception_of_backward_the_thread_goes_on()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        Assert.Throws<Refusal>(Some.Sum.Call(Throws.apply(x)).backward);
        Assert.True(is_grad_enabled());
        Some.Sum.Call(Scaled.apply(x, 1.0, x)).backward();
        Assert.Equal([0f, 2, 4], Some.Floats(x.grad!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_output_without_gradient_comes_as_zeros_or_as_null(bool materialize)
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        var halves = Halves.apply(x, materialize);
        Some.Sum.Call(halves[0]).backward();
        Assert.Equal([0.5f, 0.5f, 0.5f], Some.Floats(x.grad!));
    }

    [Fact]
    public void A_wrong_count_of_gradients_names_the_function()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        var failure = Assert.Throws<InvalidOperationException>(Some.Sum.Call(Miscounts.apply(x)).backward);
        Assert.Contains("Miscounts returned 2 gradient(s), but its forward takes 1", failure.Message);
    }

    [Fact]
    public void A_saved_tensor_changed_in_place_is_noticed()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (Some.Counting(3).requires_grad_(), Some.Counting(3));
        var loss = Some.Sum.Call(Scaled.apply(x, 2.0, w));
        Some.ZeroInPlace.Run(w);
        Assert.Contains("modified by an inplace operation", Assert.Throws<TorchException>(loss.backward).Message);
    }

    [Fact]
    public void A_second_backward_needs_the_graph_to_be_retained()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (Some.Counting(3).requires_grad_(), Some.Counting(3));
        var kept = Some.Sum.Call(Scaled.apply(x, 2.0, w));
        kept.backward(retain_graph: true);
        kept.backward();
        Assert.Contains("second time", Assert.Throws<TorchException>(kept.backward).Message);
    }

    [Fact]
    public void A_second_derivative_goes_through_the_operators_of_backward()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        // y = 3 x x, y'' = 6
        var first = autograd.grad([Some.Sum.Call(Scaled.apply(x, 3.0, x))], [x], create_graph: true)[0];
        var second = autograd.grad([Some.Sum.Call(first)], [x])[0];
        Assert.Equal([6f, 6, 6], Some.Floats(second));
    }

    [Fact]
    public void A_dirty_input_is_the_output()
    {
        using var scope = NewDisposeScope();
        var leaf = Some.Counting(3).requires_grad_();
        var x = Some.MulScalar.Call(leaf, 2.0);
        Some.Sum.Call(InPlace.apply(x)).backward();
        Assert.Equal([6f, 6, 6], Some.Floats(leaf.grad!));
        Assert.Equal([1f, 3, 5], Some.Floats(x.detach()));
    }

    [Fact]
    public void A_graph_that_is_never_run_gives_back_what_it_held()
    {
        var before = Some.LivingTensors();
        for (var i = 0; i < 100; i++)
        {
            using var scope = NewDisposeScope();
            Scaled.apply(Some.Counting(3).requires_grad_(), 2.0, Some.Counting(3));
        }

        Assert.Equal(before, Tensor.TotalCount);
    }
}
