using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class LiveCountTests
{
    [Fact]
    public void A_thousand_steps_of_training_leave_no_tensor_behind()
    {
        using var outer = NewDisposeScope();
        var (x, y) = (Some.Normal(8, 4), Some.Normal(8, 1));
        var w = Some.Zeros.Call(new long[] { 4, 1 }).requires_grad_();
        var before = Some.LivingTensors();
        var (first, last) = (0f, 0f);
        for (var step = 0; step < 1000; step++)
        {
            using var scope = NewDisposeScope();
            var difference = Some.Sub.Call(Some.Matmul.Call(x, w), y);
            var loss = Some.Sum.Call(Some.Mul.Call(difference, difference));
            loss.backward();
            using (no_grad())
                Some.AddInPlace.Run(w, w.grad, -0.01);
            w.grad = null;
            last = loss.ToSingle();
            first = step == 0 ? last : first;
        }

        Assert.Equal(before, Tensor.TotalCount);
        Assert.True(last < first, $"the loss went from {first} to {last}");
    }

    [Fact]
    public void The_peak_is_at_least_what_was_alive_at_once()
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < 100; i++)
            Some.Normal(1);
        Assert.InRange(Tensor.PeakCount, Tensor.TotalCount, long.MaxValue);
        Assert.InRange(Tensor.TotalCount, 100, long.MaxValue);
    }

    [Fact]
    public void A_forgotten_tensor_is_freed_by_the_garbage_collector()
    {
        var before = Some.LivingTensors();
        Forget();
        for (var i = 0; i < 10 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void A_failed_call_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        var x = Some.Normal(2, 3);
        var before = Some.LivingTensors();
        for (var i = 0; i < 100; i++)
            Assert.Throws<TorchException>(() => Some.Matmul.Call(x, x));
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static void Forget()
    {
        for (var i = 0; i < 10; i++)
            Some.Normal(1);
    }
}
