using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;

namespace Xunit;

/// <summary>
/// A whole GPU on a machine without one, where <c>SEQUENCE_EMULATED_GPU</c> is 1: libtorch gets a CUDA device whose memory is the machine's (<c>backend.cpp</c>), and kernels
/// for it run on the CPU as they are written (<see cref="CudaEmulator"/>). The tests that are skipped for want of a GPU then run, with the device's own borders: nothing may
/// mix devices, and gradients are computed on a thread of the device's. It is slow, and says nothing of speed. Where libtorch has CUDA of its own, that is what tests run on.
/// </summary>
internal static class EmulatedGpu
{
    private const string Wanted = "SEQUENCE_EMULATED_GPU";

    private static IntPtr _backend;

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Missing => _backend == 0 ? $"there is no emulated GPU: {Wanted} is not 1, or this libtorch has CUDA of its own" : null;

    private delegate void Setter(int on);

    /// <summary>Before the first test is looked at: libtorch asks once whether there are devices.</summary>
    [ModuleInitializer]
    internal static void Start()
    {
        if (Environment.GetEnvironmentVariable(Wanted) != "1")
            return;
        // loads libtorch
        _ = torch.get_num_threads();
        if (File.ReadLines("/proc/self/maps").Any(line => line.Contains("libtorch_cuda", StringComparison.Ordinal)))
            return;
        _backend = NativeLibrary.Load(Build());
        CudaEmulator.Install();
    }

    /// <summary>Does work that has to be such as a CUDA graph can hold: it fails where it would wait for the device, or copies between it and the host.</summary>
    public static void Capture(Action work)
    {
        var set = Marshal.GetDelegateForFunctionPointer<Setter>(NativeLibrary.GetExport(_backend, "emulated_cuda_capture"));
        set(1);
        try
        {
            work();
        }
        finally
        {
            set(0);
        }
    }

    private static string Build()
    {
        var sources = Path.Combine(AppContext.BaseDirectory, "CudaEmulator");
        byte[] all = [.. File.ReadAllBytes(Path.Combine(sources, "backend.cpp")), .. File.ReadAllBytes(Path.Combine(sources, "CMakeLists.txt"))];
        var folder = Path.Combine(sources, $"backend-{Convert.ToHexStringLower(SHA256.HashData(all))[..16]}");
        var library = Path.Combine(folder, "libEmulatedCuda.so");
        if (!File.Exists(library))
        {
            Run("cmake", "-S", sources, "-B", folder);
            Run("cmake", "--build", folder);
        }

        return library;
    }

    private static void Run(string command, params IEnumerable<string> arguments)
    {
        // what it says goes where the test run's own words go
        using var process = Process.Start(new ProcessStartInfo(command, arguments))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The emulated device does not build: {command} ended with {process.ExitCode}.");
    }
}
