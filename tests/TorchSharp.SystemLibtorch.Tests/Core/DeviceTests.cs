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

    [Fact]
    public void Cuda_and_the_cpu_are_the_only_devices()
    {
        Assert.False(mps_is_available());
        Assert.False(TryInitializeDeviceType(DeviceType.MPS));
        Assert.Contains("MPS", Assert.Throws<InvalidOperationException>(() => InitializeDeviceType(DeviceType.MPS)).Message);
        InitializeDeviceType(DeviceType.CPU);
        Assert.Equal(cuda.is_available(), cuda_is_available());
        Assert.Equal(cuda.is_available(), TryInitializeDeviceType(DeviceType.CUDA));
    }

    [Fact]
    public void The_default_device_is_where_factories_put_tensors()
    {
        using var scope = NewDisposeScope();
        var before = get_default_device();
        Assert.Equal(DeviceType.CPU, InitializeDevice(null).type);
        set_default_device(META);
        try
        {
            Assert.Equal(DeviceType.META, InitializeDevice(null).type);
            Assert.Equal(DeviceType.META, zeros(2).device_type);
        }
        finally
        {
            set_default_device(before);
        }

        Assert.Equal(DeviceType.CPU, zeros(2).device_type);
    }

    [Fact]
    public void Moves_to_cuda_and_pinned_memory_come_with_cuda_alone()
    {
        using var scope = NewDisposeScope();
        var tensor = Some.Counting(3);
        Assert.False(tensor.is_pinned());
        if (cuda.is_available())
        {
            Assert.True(tensor.pin_memory().is_pinned());
            Assert.True(tensor.cuda().is_cuda);
        }
        else
        {
            Assert.Throws<TorchException>(() => tensor.pin_memory());
            Assert.Throws<InvalidOperationException>(() => tensor.cuda());
        }
    }

    [Fact]
    public void A_failure_is_thrown_at_once_and_leaves_nothing_to_look_for()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<TorchException>(() => Some.Matmul.Call(Some.Counting(2, 3), Some.Counting(2, 3)));
        CheckForErrors();
    }
}
