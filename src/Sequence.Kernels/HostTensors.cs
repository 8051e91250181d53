using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>Tensors that the host has just filled.</summary>
public static class HostTensors
{
    /// <summary>
    /// The tensor on a device. To a GPU it goes from pinned memory, as work of the stream: the host waits neither for the copy nor for what is queued before it,
    /// as it would from other memory.
    /// </summary>
    public static Tensor SentTo(this Tensor here, Device device) =>
        device.type == DeviceType.CUDA ? here.pin_memory().to(device, non_blocking: true) : here.to(device);
}
