using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>What the emulated device keeps from a real one, so that what passes on it means something.</summary>
[Trait("Device", "cuda")]
public sealed class EmulatedGpuTests
{
    [EmulatedGpuFact]
    public void Tensors_of_two_devices_do_not_mix()
    {
        using var scope = NewDisposeScope();

        var mixed = Assert.ThrowsAny<Exception>(() => ones(3, device: CUDA) + ones(3));

        Assert.Contains("cuda:0 and cpu", mixed.Message, StringComparison.Ordinal);
        Assert.Equal(4, (ones(3, device: CUDA) + tensor(1.0)).sum().ToDouble() - 2);
    }

    [EmulatedGpuFact]
    public void The_host_does_not_read_the_memory_of_the_device()
    {
        using var scope = NewDisposeScope();
        var there = arange(6, device: CUDA).view(2, 3).transpose(0, 1);

        Assert.ThrowsAny<Exception>(() => there.contiguous().bytes.Length);
        Assert.Equal([0, 3, 1, 4, 2, 5], there.cpu().contiguous().data<long>().ToArray());
    }

    [EmulatedGpuFact]
    public void Numbers_are_drawn_by_the_generators_of_the_device()
    {
        using var scope = NewDisposeScope();

        Assert.ThrowsAny<Exception>(() => randn([3], device: CUDA, generator: new Generator(1)));
        Assert.Equal(randn([3], device: CUDA, generator: new Generator(1, CUDA)).cpu(), randn([3], generator: new Generator(1)));
    }

    [EmulatedGpuFact]
    public void Gradients_are_computed_on_a_thread_of_the_device()
    {
        using var scope = NewDisposeScope();
        var x = ones(3, device: CUDA, requires_grad: true);

        Thrice.apply(x).sum().backward();

        Assert.NotEqual(Environment.CurrentManagedThreadId, Thrice.Thread);
        Assert.Equal(9, x.grad!.sum().ToDouble());
    }

    [EmulatedGpuFact]
    public void Views_write_into_what_they_are_views_of_and_results_grow()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3, device: CUDA);

        x.narrow(1, 1, 2).select(0, 1).fill_(1);
        x[1, 0] = 5;

        Assert.Equal([0, 0, 0, 5, 1, 1], x.cpu().data<float>().ToArray());
        Assert.Equal([2, 6], cat(new[] { x, x }, 1).logical_not().shape);
    }

    [EmulatedGpuFact]
    public void A_capture_refuses_what_waits()
    {
        using var scope = NewDisposeScope();
        var x = ones(3, device: CUDA);

        EmulatedGpu.Capture(() => x.add_(1));

        foreach (var waits in (Action[])[() => x.sum().ToDouble(), () => x.cpu(), () => x.copy_(zeros(3)), () => x.nonzero()])
            Assert.Contains("capturing", Assert.ThrowsAny<Exception>(() => EmulatedGpu.Capture(waits)).Message, StringComparison.Ordinal);
        Assert.Equal(6, x.sum().ToDouble());
    }

    private sealed class Thrice : autograd.SingleTensorFunction<Thrice>
    {
        public static int Thread { get; private set; }

        public override string Name => nameof(Thrice);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => 3 * (Tensor)vars[0];

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            Thread = Environment.CurrentManagedThreadId;
            return [3 * grad_output];
        }
    }
}
