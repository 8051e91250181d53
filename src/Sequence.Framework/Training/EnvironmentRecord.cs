using System.Reflection;
using System.Runtime.InteropServices;
using Sequence.Components;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>What a run ran on; written as <c>environment.json</c> by <see cref="EnvironmentLog"/>, so that no number stands without its machine.</summary>
public sealed record EnvironmentRecord
{
    /// <summary>Below this, matrix products run on a reference BLAS or on a starved machine, and a run says so.</summary>
    public const double SlowGflops = 15;

    /// <summary>Version of the framework, with the commit it was built from where the build knew it.</summary>
    public required string Framework { get; init; }

    /// <summary>Commit of the framework; null where the build did not know it.</summary>
    public required string? Commit { get; init; }

    /// <summary>Version of .NET.</summary>
    public required string Runtime { get; init; }

    /// <summary>Operating system.</summary>
    public required string System { get; init; }

    /// <summary>Model of the processor.</summary>
    public required string Processor { get; init; }

    /// <summary>Processors that the process may use.</summary>
    public required int Processors { get; init; }

    /// <summary>The tensor provider: system, cpu or cuda, with the version of its assembly.</summary>
    public required string TensorProvider { get; init; }

    /// <summary>Version of libtorch.</summary>
    public required string Libtorch { get; init; }

    /// <summary>The BLAS behind matrix products on the CPU.</summary>
    public required string Blas { get; init; }

    /// <summary>Threads of the tensor library.</summary>
    public required int Threads { get; init; }

    /// <summary>Where tensors live.</summary>
    public required string Device { get; init; }

    /// <summary>GFLOP/s of a float32 product of two 1024 x 1024 matrices on the CPU, measured in this process.</summary>
    public required double Gemm1024Gflops { get; init; }

    /// <summary>Whether matrix products are slower than any tuned BLAS.</summary>
    public bool IsSlow => Gemm1024Gflops < SlowGflops;

    /// <summary>Looks around, and measures the matrix product where this process has not yet.</summary>
    public static EnvironmentRecord Take(Device device)
    {
        var assembly = typeof(EnvironmentRecord).Assembly;
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return new EnvironmentRecord
        {
            Framework = version,
            Commit = version.Split('+') is [_, var commit, ..] ? commit : null,
            Runtime = RuntimeInformation.FrameworkDescription,
            System = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
            Processor = ProcessorModel(),
            Processors = global::System.Environment.ProcessorCount,
            TensorProvider = $"{Stamp("SequenceTorchProvider") ?? "unknown"} {typeof(Tensor).Assembly.GetName().Version}",
            Libtorch = TensorLibrary.Version,
            Gemm1024Gflops = Math.Round(MatrixSpeed.Gflops(), 1),
            Blas = TensorLibrary.Blas,
            Threads = get_num_threads(),
            Device = device.type == DeviceType.CUDA ? $"{device} {GraphicsModel(device)}".TrimEnd() : device.ToString(),
        };
    }

    private static string? Stamp(string key) => typeof(ComponentContext).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => attribute.Key == key)?.Value;

    private static string ProcessorModel()
    {
        const string Linux = "/proc/cpuinfo";
        var line = File.Exists(Linux) ? File.ReadLines(Linux).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? global::System.Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    /// <summary>The model of a CUDA device as NVIDIA's Linux driver lists it; empty elsewhere, since neither provider can tell.</summary>
    private static string GraphicsModel(Device device)
    {
        const string Driver = "/proc/driver/nvidia/gpus";
        if (!Directory.Exists(Driver))
            return "";

        var folders = Directory.GetDirectories(Driver).Order(StringComparer.Ordinal).ToList();
        var file = Path.Combine(folders.ElementAtOrDefault(Math.Max(0, device.index)) ?? Driver, "information");
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("Model:", StringComparison.Ordinal)) : null;
        return line?["Model:".Length..].Trim() ?? "";
    }
}
