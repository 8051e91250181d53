using System.Globalization;
using TorchSharp;

namespace Sequence.Cli;

/// <summary>Turns <c>--device</c> into a device that exists.</summary>
internal static class DeviceChoice
{
    /// <exception cref="UsageException">There is no such device here.</exception>
    public static torch.Device Resolve(string text) => text switch
    {
        "cpu" => torch.CPU,
        "auto" => torch.cuda.is_available() ? torch.device("cuda:0") : torch.CPU,
        "cuda" => Cuda(0),
        _ when text.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index) => Cuda(index),
        _ => throw new UsageException($"--device {text}: no such device. Use auto, cpu, cuda or cuda:INDEX."),
    };

    private static torch.Device Cuda(int index)
    {
        if (!torch.cuda.is_available())
            throw new UsageException("--device cuda: CUDA is not available here (no NVIDIA GPU, no driver, or a libtorch without CUDA). Use --device cpu or auto.");

        var count = torch.cuda.device_count();
        return index < count
            ? torch.device($"cuda:{index}")
            : throw new UsageException($"--device cuda:{index}: there is no such GPU here; there {(count == 1 ? "is 1, cuda:0" : $"are {count}, cuda:0 to cuda:{count - 1}")}.");
    }
}
