using static TorchSharp.torch;

namespace TorchSharp.Tests.Autograd;

public sealed class GradientTests
{
    [Fact]
    public void Gradients_add_up_until_they_are_cleared()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        Square(x).backward();
        Assert.Equal([0f, 2, 4], Some.Floats(x.grad!));
        Square(x).backward();
        Assert.Equal([0f, 4, 8], Some.Floats(x.grad!));
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_gradient_can_be_put_in_place()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        x.grad = Some.Counting(3);
        Assert.Equal([0f, 1, 2], Some.Floats(x.grad!));
    }

    [Fact]
    public void Intermediates_may_be_disposed_before_backward()
    {
        using var outer = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        Tensor loss;
        using (NewDisposeScope())
            loss = Square(x).MoveToOuterDisposeScope();
        loss.backward();
        Assert.Equal([0f, 2, 4], Some.Floats(x.grad!));
    }

    [Fact]
    public void Weights_of_the_outputs_weigh_the_gradient()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        Some.Mul.Call(x, x).backward([Some.Counting(3)]);
        Assert.Equal([0f, 2, 8], Some.Floats(x.grad!));
    }

    [Fact]
    public void Only_the_inputs_named_get_a_gradient()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Some.Counting(3).requires_grad_(), Some.Counting(3).requires_grad_());
        Some.Sum.Call(Some.Mul.Call(x, y)).backward(inputs: [x]);
        Assert.NotNull(x.grad);
        Assert.Null(y.grad);
    }

    [Fact]
    public void Grad_gives_derivatives_and_touches_no_leaf()
    {
        using var scope = NewDisposeScope();
        var (x, unused) = (Some.Counting(3).requires_grad_(), Some.Counting(1).requires_grad_());
        var gradients = autograd.grad([Square(x)], [x, unused], allow_unused: true);
        Assert.Equal([0f, 2, 4], Some.Floats(gradients[0]));
        Assert.Null(gradients[1]);
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_result_keeps_its_gradient_when_asked()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        var y = Some.Mul.Call(x, x);
        Assert.True(x.is_leaf);
        Assert.False(y.is_leaf);
        Assert.True(y.requires_grad);
        y.retain_grad();
        Some.Sum.Call(y).backward();
        Assert.Equal([1f, 1, 1], Some.Floats(y.grad!));
    }

    [Fact]
    public void Detaching_in_place_makes_a_leaf()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).with_requires_grad();
        Assert.True(x.requires_grad);
        var y = Some.MulScalar.Call(x, 2L);
        Assert.False(y.is_leaf);
        Assert.Same(y, y.detach_());
        Assert.True(y.is_leaf);
        Assert.False(y.requires_grad);
        Assert.False(x.with_requires_grad(false).requires_grad);
    }

    [Fact]
    public void A_detached_tensor_shares_memory_and_no_history()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        var detached = Some.Mul.Call(x, x).detach();
        Assert.False(detached.requires_grad);
    }

    [Fact]
    public void Modes_nest_and_end_with_their_scope()
    {
        using var scope = NewDisposeScope();
        var x = Some.Counting(3).requires_grad_();
        using (no_grad())
        {
            Assert.False(Square(x).requires_grad);
            using (enable_grad())
                Assert.True(Square(x).requires_grad);
            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
        using (set_grad_enabled(false))
            Assert.False(is_grad_enabled());
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False(Square(x).requires_grad);
        }

        Assert.False(is_inference_mode_enabled());
        Assert.True(Square(x).requires_grad);
    }

    [Fact]
    public void A_mode_belongs_to_its_thread()
    {
        // ended on the thread that began it: an await in between would leave this thread without gradients
        using var mode = no_grad();
        var elsewhere = false;
        var thread = new Thread(() => elsewhere = is_grad_enabled());
        thread.Start();
        thread.Join();
        Assert.True(elsewhere);
        Assert.False(is_grad_enabled());
    }

    [Fact]
    public void Anomaly_detection_names_the_operator_that_made_a_nan()
    {
        using var scope = NewDisposeScope();
        using var detection = autograd.detect_anomaly();
        var x = Some.Zeros.Call(new long[] { 1 }).requires_grad_();
        // d sqrt(x) at 0 is infinite, and 0 times it is not a number
        var loss = Some.Sum.Call(Some.MulScalar.Call(new TorchSharp.Interop.Operator("sqrt").Call(x), 0.0));
        Assert.Contains("SqrtBackward", Assert.Throws<TorchException>(loss.backward).Message);
    }

    private static Tensor Square(Tensor x) => Some.Sum.Call(Some.Mul.Call(x, x));
}
