using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

[Trait("Device", "cuda")]
public sealed class CudaTests
{
    private static readonly long[] Lengths = [1, 63, 64, 65, 100];

    // y = 2 x, and the thread that backward ran on
    private sealed class Doubled : autograd.SingleTensorFunction<Doubled>
    {
        internal static int Thread { get; private set; }

        internal static bool RefusesBackward { get; set; }

        public override string Name => nameof(Doubled);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[0]]);
            return (Tensor)vars[0] * 2;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            Thread = Environment.CurrentManagedThreadId;
            if (RefusesBackward)
                throw new InvalidDataException("not on this device");
            Assert.Equal(DeviceType.CUDA, ctx.get_saved_variables()[0].device_type);
            return [grad_output * 2];
        }
    }

    [CudaFact]
    public void Arithmetic_is_that_of_the_cpu()
    {
        using var scope = NewDisposeScope();
        foreach (var length in Lengths)
        {
            var x = randn(length, 8);
            var expected = x.matmul(x.transpose(0, 1)).softmax(-1).sum(0);
            var there = x.cuda();
            var actual = there.matmul(there.transpose(0, 1)).softmax(-1).sum(0);
            Assert.Equal(DeviceType.CUDA, actual.device_type);
            Assert.True(expected.allclose(actual.cpu(), rtol: 1e-4, atol: 1e-5), $"length {length}");
        }
    }

    [CudaFact]
    public void A_backward_of_ones_own_runs_on_the_devices_thread_and_leaves_no_tensor()
    {
        Doubled.RefusesBackward = false;
        using (var warm = NewDisposeScope())
            Doubled.apply(randn(3, device: CUDA, requires_grad: true)).sum().backward();
        var before = Some.LivingTensors();
        using (var scope = NewDisposeScope())
        {
            var x = randn(3, device: CUDA, requires_grad: true);
            Doubled.apply(x).sum().backward();
            Assert.Equal([2f, 2f, 2f], x.grad!.cpu().data<float>().ToArray());
        }

        Assert.Equal(before, Some.LivingTensors());
        Assert.NotEqual(0, Doubled.Thread);
    }

    [CudaFact]
    public void What_a_backward_throws_comes_out_as_it_was_thrown()
    {
        using var scope = NewDisposeScope();
        Doubled.RefusesBackward = true;
        try
        {
            var y = Doubled.apply(randn(3, device: CUDA, requires_grad: true)).sum();
            Assert.Equal("not on this device", Assert.Throws<InvalidDataException>(() => y.backward()).Message);
        }
        finally
        {
            Doubled.RefusesBackward = false;
        }
    }

    [CudaFact]
    public void A_seed_makes_the_devices_numbers_again()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var first = randn(100, device: CUDA).cpu();
        manual_seed(7);
        Assert.Equal(Some.Floats(first), Some.Floats(randn(100, device: CUDA).cpu()));
        Assert.NotEqual(Some.Floats(first), Some.Floats(randn(100, device: CUDA).cpu()));
        using var own = new Generator(7, CUDA);
        Assert.Equal(Some.Floats(first), Some.Floats(randn([100], device: CUDA, generator: own).cpu()));
    }

    [CudaFact]
    public void Pinned_memory_is_copied_without_waiting_and_arrives()
    {
        using var scope = NewDisposeScope();
        var pinned = Some.Counting(1000).pin_memory();
        Assert.True(pinned.is_pinned());
        var there = pinned.to(CUDA, non_blocking: true);
        cuda.synchronize();
        Assert.Equal(Some.Floats(pinned), Some.Floats(there.cpu()));
    }

    [CudaFact]
    public void Memory_counts_what_is_held_and_the_most_that_was()
    {
        const long Bytes = 64 << 20;
        using var scope = NewDisposeScope();
        if (TorchSharp.SystemLibtorch.Memory() is not { } before)
            return;
        Assert.True(TorchSharp.SystemLibtorch.ResetPeakMemory());
        using (zeros(Bytes / 4, device: CUDA))
            Assert.Equal(before.Allocated + Bytes, TorchSharp.SystemLibtorch.Memory()!.Allocated);
        var after = TorchSharp.SystemLibtorch.Memory()!;
        Assert.Equal(before.Allocated, after.Allocated);
        Assert.InRange(after.PeakAllocated, before.Allocated + Bytes, long.MaxValue);
        Assert.True(TorchSharp.SystemLibtorch.EmptyCache());
        Assert.InRange(TorchSharp.SystemLibtorch.Memory()!.Reserved, 0, after.Reserved);
    }

    [CudaFact]
    public void A_module_that_moves_takes_gradients_along_and_trains_there()
    {
        using var scope = NewDisposeScope();
        var line = nn.Linear(4, 2);
        line.forward(randn(3, 4)).sum().backward();
        line.to(DeviceType.CUDA);
        Assert.All(line.parameters(), parameter => Assert.Equal((DeviceType.CUDA, DeviceType.CUDA), (parameter.device_type, parameter.grad!.device_type)));
        var optimizer = optim.AdamW(line.parameters(), lr: 0.1);
        var before = line.weight!.detach().cpu();
        optimizer.step();
        Assert.NotEqual(Some.Floats(before), Some.Floats(line.weight.detach().cpu()));
        optimizer.Dispose();
        line.Dispose();
    }

    [CudaFact]
    public void Reduced_precision_of_products_is_set_and_told()
    {
        var before = backends.cuda.matmul.allow_tf32;
        try
        {
            backends.cuda.matmul.allow_tf32 = !before;
            Assert.Equal(!before, backends.cuda.matmul.allow_tf32);
        }
        finally
        {
            backends.cuda.matmul.allow_tf32 = before;
        }
    }
}
