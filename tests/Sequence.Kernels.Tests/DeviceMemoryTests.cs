using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public sealed class DeviceMemoryTests
{
    [Fact]
    public void Memory_of_the_cpu_is_not_a_devices()
    {
        Assert.Null(DeviceMemory.Allocated(CPU));
        Assert.Null(DeviceMemory.Peak(CPU));
        Assert.False(DeviceMemory.StartPeak(CPU));
    }

    [Fact]
    public void A_kernel_of_the_cpu_refuses_tensors_elsewhere()
    {
        using var scope = NewDisposeScope();
        var message = Assert.Throws<ArgumentException>(Read).Message;
        Assert.Contains("META", message);

        static unsafe void Read() => Memory.Of<float>(empty([3], device: META));
    }
}
