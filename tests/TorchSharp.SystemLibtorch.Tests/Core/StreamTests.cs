using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

[Trait("Device", "cuda")]
public sealed class StreamTests
{
    [CudaFact]
    public void A_thread_begins_on_the_default_stream_and_comes_back_to_it()
    {
        var side = CudaStream.FromPool();
        Assert.True(CudaStream.Current().IsDefault);
        Assert.False(side.IsDefault);
        var handle = TorchSharp.SystemLibtorch.CurrentStream();
        using (side.Use())
        {
            Assert.Equal(side, CudaStream.Current());
            if (TorchSharp.SystemLibtorch.CurrentStream() is { } other)
                Assert.NotEqual(handle, other);
        }

        Assert.True(CudaStream.Current().IsDefault);
        Assert.Equal(IntPtr.Zero, handle);
    }

    [CudaFact]
    public void A_stream_waits_for_a_moment_of_another()
    {
        using var scope = NewDisposeScope();
        var x = ones(1 << 20, device: CUDA);
        using var written = new CudaEvent();
        var side = CudaStream.FromPool();
        x.mul_(2);
        written.Record();
        side.WaitFor(written);
        Tensor sum;
        using (side.Use())
            sum = x.sum();
        side.Synchronize();
        Assert.Equal(2f * (1 << 20), sum.item<float>());
    }

    [CudaFact]
    public void Time_between_two_moments_is_that_of_the_work_between()
    {
        using var scope = NewDisposeScope();
        var x = randn(1024, 1024, device: CUDA);
        using CudaEvent first = new(), second = new(), third = new();
        x.matmul(x);
        first.Record();
        x.matmul(x);
        second.Record();
        for (var i = 0; i < 50; i++)
            x.matmul(x);
        third.Record();
        third.Synchronize();
        Assert.InRange(first.ElapsedMilliseconds(second), double.Epsilon, second.ElapsedMilliseconds(third));
        Assert.Equal(first.ElapsedMilliseconds(third), first.ElapsedMilliseconds(second) + second.ElapsedMilliseconds(third), 0.1);
    }
}
