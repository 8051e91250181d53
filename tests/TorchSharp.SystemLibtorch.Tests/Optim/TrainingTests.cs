using TorchSharp.Modules;
using TorchSharp.Tests.NN;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.Optim;

public sealed class TrainingTests
{
    private static Sequential Network() => Sequential(("in", Linear(2, 16)), ("act", Tanh(false)), ("out", Linear(16, 1)));

    /// <summary>Points of the plane and their product, which no linear map gives.</summary>
    private static (Tensor x, Tensor y) Problem(int count)
    {
        var x = Numbers.Tensor(Numbers.Spread(2 * count, 31), count, 2).to(ScalarType.Float32);
        return (x, x.select(1, 0) * x.select(1, 1));
    }

    private static double Step(Module<Tensor, Tensor> network, torch.optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = functional.mse_loss(network.call(x).squeeze(-1), y);
        loss.backward();
        nn.utils.clip_grad_norm_(network.parameters(), 1);
        optimizer.step();
        return loss.item<float>();
    }

    [Fact]
    public void A_small_network_learns_a_product()
    {
        manual_seed(7);
        using var network = Network();
        using var optimizer = optim.AdamW(network.parameters(), 0.02, weight_decay: 1e-4);
        using var scope = NewDisposeScope();
        var (x, y) = Problem(128);
        var first = Step(network, optimizer, x, y);
        var last = first;
        for (var t = 1; t < 400; t++)
            last = Step(network, optimizer, x, y);
        Assert.InRange(first, 0.03, 10);
        Assert.InRange(last, 0, first / 30);
    }

#if TORCH_SYSTEM // the real library leaves aliases to the garbage collector
    [Fact]
    public void A_thousand_steps_leave_no_tensor_behind()
    {
        var start = Some.LivingTensors();
        using (var scope = NewDisposeScope())
        {
            using var network = Network();
            using var optimizer = optim.AdamW(network.parameters(), 0.01, weight_decay: 0.1);
            var (x, y) = Problem(8);
            Step(network, optimizer, x, y);
            var running = Some.LivingTensors();
            for (var t = 1; t < 1000; t++)
                Step(network, optimizer, x, y);
            Assert.Equal(running, Tensor.TotalCount);
        }
        Assert.Equal(start, Tensor.TotalCount);
    }
#endif
}
