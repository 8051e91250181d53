using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class DeviceTests
{
    [Theory]
    [InlineData("cpu", DeviceType.CPU, -1)]
    [InlineData("cpu:0", DeviceType.CPU, 0)]
    [InlineData("meta", DeviceType.META, -1)]
    public void A_description_reads_and_writes_the_same(string description, DeviceType type, int index)
    {
        var parsed = device(description);
        Assert.Equal((type, index, description), (parsed.type, parsed.index, parsed.ToString()));
    }

    [Fact]
    public void An_unknown_device_names_those_that_exist() =>
        Assert.Contains("cpu, cuda", Assert.Throws<ArgumentException>(() => device("gpu")).Message);

    [Fact]
    public void Cuda_is_there_or_asking_for_it_says_why_not()
    {
        if (cuda.is_available())
            Assert.Equal(DeviceType.CUDA, device("cuda:0").type);
        else
            Assert.Contains("torch.cuda.is_available()", Assert.Throws<InvalidOperationException>(() => device("cuda")).Message);
    }

    [Fact]
    public void Memory_statistics_come_with_cuda_alone()
    {
        if (!cuda.is_available())
        {
            Assert.Null(TorchSharp.SystemLibtorch.Memory());
            Assert.False(TorchSharp.SystemLibtorch.EmptyCache());
            Assert.False(TorchSharp.SystemLibtorch.ResetPeakMemory());
            Assert.Null(TorchSharp.SystemLibtorch.CurrentStream());
        }
        else if (TorchSharp.SystemLibtorch.Memory() is { } memory)
        {
            Assert.InRange(memory.PeakReserved, memory.Allocated, long.MaxValue);
        }
    }

    [Fact]
    public void The_default_dtype_is_what_factories_make()
    {
        using var scope = NewDisposeScope();
        set_default_dtype(ScalarType.Float64);
        try
        {
            Assert.Equal(ScalarType.Float64, get_default_dtype());
            Assert.Equal(ScalarType.Float64, Some.Normal(2).dtype);
        }
        finally
        {
            set_default_dtype(ScalarType.Float32);
        }
    }
}
