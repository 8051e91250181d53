using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class AutocastTests
{
    [Fact]
    public void Products_are_in_bfloat16_and_gradients_in_the_weights_own_type()
    {
        foreach (var length in (long[])[1, 63, 64, 65, 100])
        {
            using var scope = NewDisposeScope();
            var (x, w) = (randn(length, 8), randn(4, 8, requires_grad: true));
            Tensor y;
            using (TorchSharp.SystemLibtorch.Autocast(DeviceType.CPU, ScalarType.BFloat16))
            {
                y = nn.functional.linear(x, w);
                Assert.Equal(ScalarType.BFloat16, y.dtype);
                Assert.Equal(ScalarType.Float32, (x + 1).dtype);
            }

            y.to(ScalarType.Float32).sum().backward();
            Assert.Equal(ScalarType.Float32, w.grad!.dtype);
            Assert.True(w.grad.allclose(x.sum([0]).expand_as(w), rtol: 0.02, atol: 0.2));
        }
    }

    [Fact]
    public void What_held_before_a_scope_holds_after_it()
    {
        using var scope = NewDisposeScope();
        var x = randn(3, 3);
        Assert.Null(TorchSharp.SystemLibtorch.AutocastType(DeviceType.CPU));
        using (TorchSharp.SystemLibtorch.Autocast(DeviceType.CPU, ScalarType.BFloat16))
        {
            using (TorchSharp.SystemLibtorch.Autocast(DeviceType.CPU, null))
            {
                Assert.Null(TorchSharp.SystemLibtorch.AutocastType(DeviceType.CPU));
                Assert.Equal(ScalarType.Float32, x.matmul(x).dtype);
            }

            Assert.Equal(ScalarType.BFloat16, TorchSharp.SystemLibtorch.AutocastType(DeviceType.CPU));
            Assert.Equal(ScalarType.BFloat16, x.matmul(x).dtype);
        }

        Assert.Null(TorchSharp.SystemLibtorch.AutocastType(DeviceType.CPU));
        Assert.Equal(ScalarType.Float32, x.matmul(x).dtype);
    }

    [Fact]
    public void A_changed_weight_is_cast_again_in_the_next_scope()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (ones(1, 2), ones(1, 2, requires_grad: true));
        Assert.Equal(2f, Product());
        using (no_grad())
            w.fill_(3);
        Assert.Equal(6f, Product());

        float Product()
        {
            using var products = TorchSharp.SystemLibtorch.Autocast(DeviceType.CPU, ScalarType.BFloat16);
            return nn.functional.linear(x, w).to(ScalarType.Float32).item<float>();
        }
    }

    [Fact]
    public void A_scope_is_one_threads_alone()
    {
        using var products = TorchSharp.SystemLibtorch.Autocast(DeviceType.CPU, ScalarType.BFloat16);
        ScalarType? elsewhere = ScalarType.BFloat16;
        var other = new Thread(() => elsewhere = TorchSharp.SystemLibtorch.AutocastType(DeviceType.CPU));
        other.Start();
        other.Join();
        Assert.Null(elsewhere);
    }
}
